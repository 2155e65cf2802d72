package dev.keyhold.keystore.pkcs11;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyAttributes;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.KeyVersion;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.pkcs11.pairs.PairRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All versions of one key.
 *
 * @param name the key's name as its labels have it; a {@link RemovedName} for a key without one
 * @param versions oldest first; at least one
 */
record KeyFamily(String name, List<KeyObject> versions) {
  KeyFamily {
    versions = List.copyOf(versions);
  }

  /** Returns the newest version: the one that protects new data. */
  KeyObject current() {
    return versions.get(versions.size() - 1);
  }

  /** Returns the version with this id. */
  Optional<KeyObject> version(String id) {
    return versions.stream().filter(v -> v.label().versionId().equals(id)).findFirst();
  }

  /** Checks that the key serves a purpose, and that it is clear which object is which version. */
  void require(Purpose purpose) throws BackendException {
    requireClear();
    if (current().purpose() != purpose) {
      throw new BackendException(Reason.UNSUPPORTED, useOf(current().purpose()));
    }
  }

  private static String useOf(Purpose purpose) {
    return switch (purpose) {
      case ENCRYPT -> "this is a key that wraps: it does nothing else";
      case MAC -> "this is a MAC key: it does nothing else, and has no versions";
      case SIGN -> "this is a key pair that signs: it does nothing else, and has no versions";
      case DECRYPT -> "this is a key pair that decrypts: it does nothing else, and has no versions";
      case AGREE -> "this is a key pair that agrees: it does nothing else, and has no versions";
      case DECAPSULATE, KEY_WRAP ->
          throw new IllegalArgumentException("no key of a token is for " + purpose);
    };
  }

  /** Returns the key pair that this is; UNSUPPORTED if it is none. */
  PairRef keyPair() throws BackendException {
    requireClear();
    if (!current().spec().isKeyPair()) {
      throw new BackendException(Reason.UNSUPPORTED, "this is a secret key, not a key pair");
    }
    return current().pair();
  }

  /** Checks that no version is there twice, and that all have one purpose. */
  void requireClear() throws BackendException {
    if (!isClear()) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          "several objects of the token claim to be one version of this key, or differ in purpose: "
              + versions.stream().map(v -> v.label().toString()).toList()
              + "; remove or relabel those that are not in use");
    }
  }

  /**
   * Returns what the backend tells of this key. A key whose versions are not clear is suspended.
   */
  KeyMetadata metadata(String token, KeyAttributes attributes) {
    List<KeyVersion> states = new ArrayList<>();
    for (KeyObject version : versions) {
      KeyState state = version.equals(current()) ? KeyState.ACTIVE : KeyState.DEACTIVATED;
      states.add(
          new KeyVersion(
              version.label().versionId(),
              isClear() ? state : KeyState.SUSPENDED,
              Optional.empty()));
    }
    return new KeyMetadata(
        RemovedName.isOne(name) ? "" : name,
        Pkcs11Uri.of(token, name),
        Pkcs11Uri.identity(name),
        current().spec(),
        Set.of(current().purpose()),
        isClear() ? KeyState.ACTIVE : KeyState.SUSPENDED,
        states,
        RemovedName.isOne(name)
            ? attributes.withLabels(Map.of(KeyAttributes.FORMER_NAME, RemovedName.former(name)))
            : attributes);
  }

  private boolean isClear() {
    return versions.stream().map(v -> v.label().version()).distinct().count() == versions.size()
        && versions.stream().map(KeyObject::purpose).distinct().count() == 1;
  }
}
