package dev.keyhold.keystore.software;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.ErasableKey;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.facet.KeyImport;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.Naming;
import dev.keyhold.keystore.facet.Rotation;
import dev.keyhold.keystore.software.engine.KeyPairMaterial;
import dev.keyhold.keystore.software.engine.KeyPairs;
import dev.keyhold.keystore.software.file.Tuning;
import dev.keyhold.keystore.software.ring.KeyExtras;
import dev.keyhold.keystore.software.ring.KeyRing;
import dev.keyhold.keystore.software.ring.KeyRules;
import dev.keyhold.keystore.software.ring.StoredKey;
import dev.keyhold.keystore.software.ring.StoredVersion;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** New keys, versions and names. Thread-safe. */
final class SoftwareKeyMaking implements KeyMaking, KeyImport, Rotation, Naming {
  private static final int ID_LENGTH = 16;
  private static final int MAX_VERSIONS = 0xFFFF;

  private final RingKeys keys;
  private final Tuning tuning;

  SoftwareKeyMaking(RingKeys keys, Tuning tuning) {
    this.keys = keys;
    this.tuning = tuning;
  }

  @Override
  public KeyMetadata create(KeyRequest request) throws BackendException {
    KeyRules.checkCreate(request);
    return request.spec().isKeyPair()
        ? add(request, KeyPairs.generate(request.spec()))
        : add(request, LocalRandom.bytes(request.spec().bits() / 8), new byte[0]);
  }

  @Override
  public KeyMetadata importKey(KeyRequest request, byte[] material) throws BackendException {
    KeyRules.checkImport(request, material.length);
    return request.spec().isKeyPair()
        ? add(request, KeyPairs.imported(request.spec(), material))
        : add(request, material.clone(), new byte[0]);
  }

  private KeyMetadata add(KeyRequest request, KeyPairMaterial pair) throws BackendException {
    return add(request, pair.privateKey(), pair.publicKey());
  }

  private KeyMetadata add(KeyRequest request, byte[] material, byte[] publicKey)
      throws BackendException {
    String id = HexFormat.of().formatHex(LocalRandom.bytes(ID_LENGTH));
    ErasableKey first = new ErasableKey(request.spec().algorithm(), material);
    StoredKey key =
        new StoredKey(
            id,
            request.name(),
            request.spec(),
            request.purposes(),
            KeyState.ACTIVE,
            List.of(newVersion(1, first)),
            new KeyExtras(publicKey, List.of(), request.labels(), Optional.empty()));
    return keys.change(
        id,
        first,
        ring -> {
          requireFree(ring, request.name());
          return ring.with(key);
        });
  }

  @Override
  public KeyMetadata rotate(String key) throws BackendException {
    StoredKey before = keys.findFresh(key);
    if (!before.purposes().contains(Purpose.ENCRYPT)) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "what the key made (for %s) names no version of it, so it can't be rotated: make a new key"
                  .formatted(before.purposes())
              + " under a new name");
    }
    ErasableKey added =
        new ErasableKey(before.spec().algorithm(), LocalRandom.bytes(before.spec().bits() / 8));
    return keys.change(
        before.id(),
        added,
        ring -> {
          StoredKey now = keys.find(ring, before.id());
          if (!now.state().protects()) {
            throw SoftwareKeks.notActive(now);
          }
          if (now.versions().size() == MAX_VERSIONS) {
            throw new BackendException(
                Reason.DENIED, "the key has " + MAX_VERSIONS + " versions: make a new key");
          }
          int last = now.versions().get(now.versions().size() - 1).number();
          return ring.with(now.rotatedTo(newVersion(last + 1, added)));
        });
  }

  @Override
  public KeyMetadata rename(String key, String newName) throws BackendException {
    KeyRules.checkName(newName);
    String id = keys.find(key).id();
    KeyRing after =
        keys.update(
            ring -> {
              requireFree(ring, newName);
              return ring.with(keys.find(ring, id).withName(newName));
            });
    return keys.metadata(keys.find(after, id));
  }

  @Override
  public KeyUri unname(String key) throws BackendException {
    String id = keys.find(key).id();
    KeyRing after = keys.update(ring -> ring.with(keys.find(ring, id).withName("")));
    return keys.find(after, id).uri();
  }

  private StoredVersion newVersion(int number, ErasableKey material) {
    Instant now = tuning.clock().instant().truncatedTo(ChronoUnit.MILLIS);
    return new StoredVersion(number, KeyState.ACTIVE, now, 0, material);
  }

  private static void requireFree(KeyRing ring, String name) throws BackendException {
    Optional<StoredKey> other = ring.hasName(name) ? ring.find(name) : Optional.empty();
    if (other.isPresent()) {
      boolean doomed = other.get().extras().destruction().isPresent();
      throw new BackendException(
          Reason.DENIED,
          "a key named %s exists already: %s"
              .formatted(
                  name,
                  doomed
                      ? "its destruction is scheduled; cancel that, or rename it, or purge it once"
                          + " its time has come"
                      : "use it, or choose another name"));
    }
  }
}
