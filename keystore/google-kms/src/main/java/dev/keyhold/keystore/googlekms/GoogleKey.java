package dev.keyhold.keystore.googlekms;

import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.Purpose;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A CryptoKey with its versions, as they were read. Immutable.
 *
 * @param versions oldest first
 */
record GoogleKey(KeyName name, CryptoKey cryptoKey, List<CryptoKeyVersion> versions) {
  GoogleKey {
    versions = versions.stream().sorted(Comparator.comparingLong(GoogleKey::number)).toList();
  }

  private static long number(CryptoKeyVersion version) {
    String name = version.getName();
    try {
      return Long.parseLong(name.substring(name.lastIndexOf('/') + 1));
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  /** Returns the version's id here: its number. */
  static String id(CryptoKeyVersion version) {
    return version.getName().substring(version.getName().lastIndexOf('/') + 1);
  }

  /** Returns whether the service itself knows which version is current. */
  boolean hasPrimary() {
    return cryptoKey.getPurpose() == CryptoKeyPurpose.ENCRYPT_DECRYPT;
  }

  /** Returns whether all versions are meant, and not one that the name tells. */
  boolean isWhole() {
    return name.version().isEmpty();
  }

  boolean isRaw() {
    return cryptoKey.getPurpose() == CryptoKeyPurpose.RAW_ENCRYPT_DECRYPT;
  }

  /**
   * Returns the version that protects new data: the one that is named, the primary, or the newest.
   */
  Optional<CryptoKeyVersion> current() {
    if (name.version().isPresent() && !hasPrimary()) {
      return version(name.version().get()).filter(GoogleKey::isEnabled);
    }
    if (hasPrimary()) {
      String primary = cryptoKey.getPrimary().getName();
      return versions.stream().filter(v -> v.getName().equals(primary)).findFirst();
    }
    return versions.stream().filter(GoogleKey::isEnabled).reduce((older, newer) -> newer);
  }

  Optional<CryptoKeyVersion> version(String number) {
    return versions.stream().filter(version -> id(version).equals(number)).findFirst();
  }

  static boolean isEnabled(CryptoKeyVersion version) {
    return version.getState() == CryptoKeyVersionState.ENABLED;
  }

  /** Returns the algorithm of the current version, else of those to come. */
  CryptoKeyVersionAlgorithm algorithm() {
    return current()
        .map(CryptoKeyVersion::getAlgorithm)
        .orElse(cryptoKey.getVersionTemplate().getAlgorithm());
  }

  Optional<Algorithms.Entry> entry() {
    return Algorithms.find(algorithm());
  }

  /** Returns what the key is here, if it is for this. */
  Algorithms.Entry require(Purpose purpose) throws BackendException {
    return entry()
        .filter(entry -> entry.purpose() == purpose)
        .orElseThrow(
            () ->
                new BackendException(
                    Reason.UNSUPPORTED,
                    "this key is for "
                        + cryptoKey.getPurpose()
                        + " with "
                        + algorithm()
                        + ": use another for "
                        + purpose));
  }

  /** Returns the full name of the version to use now. */
  String currentName() throws BackendException {
    return current()
        .map(CryptoKeyVersion::getName)
        .orElseThrow(
            () ->
                new BackendException(
                    Reason.DENIED,
                    "the key has no enabled version: enable one, or rotate the key"));
  }
}
