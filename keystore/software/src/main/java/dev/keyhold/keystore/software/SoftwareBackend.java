package dev.keyhold.keystore.software;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.ErasableKey;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrappedKey;
import java.nio.file.Files;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All keys in one encrypted file, which the first new key creates.
 *
 * <p>Keys are in memory once the file was read, so that wrap, unwrap, MAC and identity do no I/O,
 * but for a look at the file once a second and a write each time that a block of AES-GCM wraps is
 * used up. Several processes may share the file on one host. Thread-safe.
 */
final class SoftwareBackend implements Backend {
  private static final int ID_LENGTH = 16;
  private static final int MAX_VERSIONS = 0xFFFF;

  private final RingStore store;
  private final KekOperations keks;
  private final Tuning tuning;
  private volatile boolean closed;

  SoftwareBackend(KeyFile file, Passwords passwords, Tuning tuning) {
    this.tuning = tuning;
    this.store = new RingStore(file, passwords, tuning);
    this.keks = new KekOperations(store, tuning.wrapLimit());
  }

  @Override
  public boolean isRemote() {
    return false;
  }

  @Override
  public Set<Purpose> purposesOf(KeySpec spec) {
    return KeyRules.purposesOf(spec);
  }

  @Override
  public void unlock(char[] secret) {
    store.unlock(secret);
  }

  @Override
  public Optional<String> nameOf(KeyUri uri) {
    return uri.scheme().equals(SoftwareBackendFactory.TYPE) && KeyRules.isId(uri.path())
        ? Optional.of(uri.path())
        : Optional.empty();
  }

  @Override
  public List<KeyMetadata> list() throws BackendException {
    return store.fresh().sorted().stream().map(StoredKey::metadata).toList();
  }

  @Override
  public KeyMetadata describe(String key) throws BackendException {
    return find(store.fresh(), key).metadata();
  }

  @Override
  public String identity(String key) throws BackendException {
    return find(key).identity();
  }

  @Override
  public KeyMetadata create(KeyRequest request) throws BackendException {
    KeyRules.checkCreate(request);
    return add(request, LocalRandom.bytes(request.spec().bits() / 8));
  }

  @Override
  public KeyMetadata importKey(KeyRequest request, byte[] material) throws BackendException {
    KeyRules.checkImport(request, material.length);
    return add(request, material.clone());
  }

  private KeyMetadata add(KeyRequest request, byte[] material) throws BackendException {
    String id = HexFormat.of().formatHex(LocalRandom.bytes(ID_LENGTH));
    ErasableKey first = new ErasableKey(request.spec().algorithm(), material);
    StoredKey key =
        new StoredKey(
            id,
            request.name(),
            request.spec(),
            request.purposes(),
            KeyState.ACTIVE,
            List.of(newVersion(1, first)));
    return change(
        id,
        first,
        ring -> {
          requireFree(ring, request.name());
          return ring.with(key);
        });
  }

  @Override
  public KeyMetadata rotate(String key) throws BackendException {
    StoredKey before = find(store.fresh(), key);
    if (!before.purposes().contains(Purpose.ENCRYPT)) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "a MAC names no version of its key, so a MAC key can't be rotated: make a new key under"
              + " a new name");
    }
    ErasableKey added =
        new ErasableKey(before.spec().algorithm(), LocalRandom.bytes(before.spec().bits() / 8));
    return change(
        before.id(),
        added,
        ring -> {
          StoredKey now = find(ring, before.id());
          if (!now.state().protects()) {
            throw KekOperations.notActive(now);
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
    String id = find(key).id();
    KeyRing after =
        store.update(
            ring -> {
              requireFree(ring, newName);
              return ring.with(find(ring, id).withName(newName));
            });
    return find(after, id).metadata();
  }

  @Override
  public KeyUri unname(String key) throws BackendException {
    String id = find(key).id();
    KeyRing after = store.update(ring -> ring.with(find(ring, id).withName("")));
    return find(after, id).uri();
  }

  @Override
  public WrappedKey wrap(String key, WrapContext context, byte[] dataKey) throws BackendException {
    return keks.wrap(find(key), context, dataKey);
  }

  @Override
  public byte[] unwrap(String key, WrappedKey wrapped, WrapContext context)
      throws BackendException {
    StoredKey found = find(key);
    if (found.version(wrapped.version()).isEmpty()) {
      found = find(store.fresh(), key);
    }
    return keks.unwrap(found, wrapped, context);
  }

  @Override
  public byte[] mac(String key, String algorithm, byte[] message) throws BackendException {
    StoredKey found = find(key);
    if (!found.purposes().contains(Purpose.MAC) || !found.spec().algorithm().equals(algorithm)) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "the key is "
              + found.spec()
              + " for "
              + found.purposes()
              + ", so it makes no "
              + algorithm
              + ": use a key that was made for it");
    }
    if (message.length > maxMacMessage()) {
      throw new BackendException(
          Reason.UNSUPPORTED, "a message has at most " + maxMacMessage() + " bytes");
    }
    StoredVersion version = found.current().orElseThrow(() -> KekOperations.notActive(found));
    return Engines.hmac(algorithm, version.material(), message);
  }

  @Override
  public byte[] random(int length) throws BackendException {
    if (closed) {
      throw Engines.closed();
    }
    return LocalRandom.bytes(length);
  }

  @Override
  public void close() {
    closed = true;
    store.close();
  }

  private StoredVersion newVersion(int number, ErasableKey material) {
    Instant now = tuning.clock().instant().truncatedTo(ChronoUnit.MILLIS);
    return new StoredVersion(number, KeyState.ACTIVE, now, 0, material);
  }

  /** Makes a change that adds material; if it fails, nobody else has it. */
  private KeyMetadata change(String id, ErasableKey added, RingStore.Change change)
      throws BackendException {
    boolean done = false;
    try {
      KeyMetadata changed = find(store.update(change), id).metadata();
      done = true;
      return changed;
    } finally {
      if (!done) {
        added.destroy();
      }
    }
  }

  /** The key as it is in memory; if it is not there, the file is looked at. */
  private StoredKey find(String key) throws BackendException {
    Optional<StoredKey> known = store.current().find(key);
    return known.isPresent() ? known.get() : find(store.fresh(), key);
  }

  private StoredKey find(KeyRing ring, String key) throws BackendException {
    return ring.find(key).orElseThrow(() -> notFound(key));
  }

  private BackendException notFound(String key) {
    String message =
        Files.exists(store.path())
            ? "the key file has no key named %s: list the keys to see their names, or create it"
                .formatted(key)
            : "the key file %s does not exist. If it should, mend its path or restore a backup; if this"
                    .formatted(store.path())
                + " is to be the first key: keyhold keys create "
                + key;
    return new BackendException(Reason.NOT_FOUND, message);
  }

  private static void requireFree(KeyRing ring, String name) throws BackendException {
    if (ring.hasName(name)) {
      throw new BackendException(
          Reason.DENIED, "a key named " + name + " exists already: use it, or choose another name");
    }
  }
}
