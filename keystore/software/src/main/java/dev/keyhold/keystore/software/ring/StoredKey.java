package dev.keyhold.keystore.software.ring;

import dev.keyhold.keystore.KeyAttributes;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.WrapMechanism;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One key in the file. Immutable but for its material, which is zeroed in place.
 *
 * @param id 32 lower-case hexadecimal digits; never changes
 * @param name unique in the file; empty if it has none
 * @param spec algorithm and size, the same for all versions
 * @param purposes exactly one
 * @param state the state of the key as a whole
 * @param versions oldest first, at least one; exactly one of a key pair
 * @param extras what only some keys have
 */
public record StoredKey(
    String id,
    String name,
    KeySpec spec,
    Set<Purpose> purposes,
    KeyState state,
    List<StoredVersion> versions,
    KeyExtras extras) {

  /** The scheme of the URIs of such keys, and the type of their backend. */
  public static final String SCHEME = "software";

  static final String URI_PREFIX = SCHEME + ":";

  public StoredKey {
    purposes = Set.copyOf(purposes);
    versions = List.copyOf(versions);
  }

  public StoredKey(
      String id,
      String name,
      KeySpec spec,
      Set<Purpose> purposes,
      KeyState state,
      List<StoredVersion> versions) {
    this(id, name, spec, purposes, state, versions, KeyExtras.NONE);
  }

  public KeyUri uri() {
    return new KeyUri(SCHEME, id);
  }

  /** Returns what headers name the key by: its URI, which a new name does not change. */
  public String identity() {
    return URI_PREFIX + id;
  }

  /**
   * Returns the mechanism of wraps that this KEK has from before HMAC_DERIVE; they are only
   * unwrapped.
   */
  public WrapMechanism formerMechanism() {
    return spec.isHmac() ? WrapMechanism.HMAC_DERIVE_SEED : WrapMechanism.AES_GCM;
  }

  /** Returns the version that protects new data, if any does. */
  public Optional<StoredVersion> current() {
    if (!state.protects()) {
      return Optional.empty();
    }
    for (int i = versions.size() - 1; i >= 0; i--) {
      if (versions.get(i).state().protects()) {
        return Optional.of(versions.get(i));
      }
    }
    return Optional.empty();
  }

  public Optional<StoredVersion> version(String versionId) {
    return versions.stream().filter(version -> version.id().equals(versionId)).findFirst();
  }

  /** Returns this key with another name. A key whose name is taken away remembers it. */
  public StoredKey withName(String newName) {
    return new StoredKey(
        id, newName, spec, purposes, state, versions, extras.withFormerName(newName, name));
  }

  /** Returns this key with this version in place of the one that has its number. */
  public StoredKey withVersion(StoredVersion changed) {
    List<StoredVersion> all = new ArrayList<>(versions);
    all.replaceAll(version -> version.number() == changed.number() ? changed : version);
    return withVersions(all);
  }

  StoredKey withVersions(List<StoredVersion> all) {
    return new StoredKey(id, name, spec, purposes, state, all, extras);
  }

  StoredKey withState(KeyState newState) {
    return new StoredKey(id, name, spec, purposes, newState, versions, extras);
  }

  public StoredKey withExtras(KeyExtras newExtras) {
    return new StoredKey(id, name, spec, purposes, state, versions, newExtras);
  }

  /** Returns a copy as it is to be written now. */
  StoredKey writtenAt(Instant now) {
    return withExtras(
        extras.withDestruction(extras.destruction().map(doom -> doom.writtenAt(now))));
  }

  /** Returns this key with one version more, the only one that protects from now on. */
  public StoredKey rotatedTo(StoredVersion added) {
    List<StoredVersion> all = new ArrayList<>(versions);
    all.replaceAll(
        version -> version.state().protects() ? version.withState(KeyState.DEACTIVATED) : version);
    all.add(added);
    return withVersions(all);
  }

  /** Returns whether the first version of the format has no place for it. */
  boolean needsSecondVersion() {
    return !extras.isEmpty() || purposes.contains(Purpose.KEY_WRAP);
  }

  public KeyMetadata metadata(boolean pkcs1Decryption) {
    return new KeyMetadata(
        name,
        uri(),
        identity(),
        spec,
        purposes,
        state,
        versions.stream().map(StoredVersion::metadata).toList(),
        KeyAttributes.NONE
            .withSignatures(PairAbilities.signatures(this))
            .withPaddings(PairAbilities.paddings(this, pkcs1Decryption))
            .withLabels(extras.labels())
            .withDestruction(extras.destruction().map(ScheduledDestruction::time)));
  }
}
