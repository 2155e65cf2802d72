package dev.keyhold.keystore.software.file;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.ErasableKey;
import dev.keyhold.keystore.encoding.PasswordDerivation;
import dev.keyhold.keystore.software.engine.Engines;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The two keys that a password gives for one salt: one encrypts the file's content, the other
 * checks its header, so that a wrong password can be told from a damaged file.
 *
 * <p>A {@link PasswordDerivation} makes 64 bytes, from which HKDF-Expand-SHA512 (RFC 5869) with a
 * label each makes the two keys of 32 bytes. Immutable and thread-safe.
 */
final class PasswordKey {
  static final int SALT_LENGTH = 32;
  static final int CHECK_LENGTH = 32;

  private static final int DERIVED_LENGTH = 64;
  private static final int KEY_LENGTH = 32;
  private static final byte[] FIRST_BLOCK = {1};

  private final byte[] salt;
  private final PasswordDerivation derivation;
  private final ErasableKey encryption;
  private final ErasableKey check;

  private PasswordKey(
      byte[] salt, PasswordDerivation derivation, ErasableKey encryption, ErasableKey check) {
    this.salt = salt;
    this.derivation = derivation;
    this.encryption = encryption;
    this.check = check;
  }

  /**
   * Derives both keys: some tenths of a second of work.
   *
   * @param password not kept; the caller zeroes it
   */
  static PasswordKey derive(char[] password, byte[] salt, PasswordDerivation derivation)
      throws BackendException {
    ErasableKey derived = null;
    try {
      derived = new ErasableKey("HmacSHA512", derivation.derive(password, salt, DERIVED_LENGTH));
      return new PasswordKey(
          salt.clone(),
          derivation,
          expand(derived, "keyhold/1/key-file/encrypt", "AES"),
          expand(derived, "keyhold/1/key-file/check", "HmacSHA256"));
    } catch (NoSuchAlgorithmException e) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          "no security provider of this JVM has PBKDF2WithHmacSHA512: check java.security",
          e);
    } catch (GeneralSecurityException e) {
      throw new BackendException(Reason.MISCONFIGURED, e.getMessage(), e);
    } finally {
      if (derived != null) {
        derived.destroy();
      }
    }
  }

  private static ErasableKey expand(ErasableKey derived, String label, String algorithm)
      throws BackendException {
    byte[] info = label.getBytes(StandardCharsets.US_ASCII);
    byte[] block = Engines.hmac("HmacSHA512", derived, info, FIRST_BLOCK);
    try {
      return new ErasableKey(algorithm, Arrays.copyOf(block, KEY_LENGTH));
    } finally {
      Arrays.fill(block, (byte) 0);
    }
  }

  byte[] salt() {
    return salt.clone();
  }

  PasswordDerivation derivation() {
    return derivation;
  }

  /** Returns whether it was derived with this salt and in this way. */
  boolean isFor(byte[] otherSalt, PasswordDerivation other) {
    return derivation.equals(other) && MessageDigest.isEqual(salt, otherSalt);
  }

  /** Returns the key of the file's content. */
  ErasableKey encryption() {
    return encryption;
  }

  /** Returns the HMAC-SHA256 of the part of a header before the check value. */
  byte[] checkValue(byte[] header) throws BackendException {
    return Engines.hmac("HmacSHA256", check, header);
  }

  void destroy() {
    encryption.destroy();
    check.destroy();
  }
}
