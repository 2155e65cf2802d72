package dev.keyhold.keystore.software;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.ErasableKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * The two keys that a password gives for one salt: one encrypts the file's content, the other
 * checks its header, so that a wrong password can be told from a damaged file.
 *
 * <p>PBKDF2-HMAC-SHA512 (RFC 8018) makes 64 bytes, one block of it; HKDF-Expand-SHA512 (RFC 5869)
 * with a label each makes the two keys of 32 bytes. Immutable and thread-safe.
 */
final class PasswordKey {
  /** OWASP Password Storage Cheat Sheet, for PBKDF2-HMAC-SHA512. */
  static final int DEFAULT_ITERATIONS = 210_000;

  static final int MIN_ITERATIONS = 1_000;
  static final int MAX_ITERATIONS = 10_000_000;
  static final int SALT_LENGTH = 32;
  static final int CHECK_LENGTH = 32;

  private static final int DERIVED_LENGTH = 64;
  private static final int KEY_LENGTH = 32;
  private static final byte[] FIRST_BLOCK = {1};

  private final byte[] salt;
  private final int iterations;
  private final ErasableKey encryption;
  private final ErasableKey check;

  private PasswordKey(byte[] salt, int iterations, ErasableKey encryption, ErasableKey check) {
    this.salt = salt;
    this.iterations = iterations;
    this.encryption = encryption;
    this.check = check;
  }

  /**
   * Derives both keys: some tenths of a second of work.
   *
   * @param password not kept; the caller zeroes it
   */
  static PasswordKey derive(char[] password, byte[] salt, int iterations) throws BackendException {
    PBEKeySpec spec = new PBEKeySpec(password, salt, iterations, 8 * DERIVED_LENGTH);
    ErasableKey derived = null;
    try {
      SecretKey key = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512").generateSecret(spec);
      derived = new ErasableKey("HmacSHA512", key.getEncoded());
      return new PasswordKey(
          salt.clone(),
          iterations,
          expand(derived, "keyhold/1/key-file/encrypt", "AES"),
          expand(derived, "keyhold/1/key-file/check", "HmacSHA256"));
    } catch (GeneralSecurityException e) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          "no security provider of this JVM has PBKDF2WithHmacSHA512: check java.security",
          e);
    } finally {
      spec.clearPassword();
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

  int iterations() {
    return iterations;
  }

  /** Whether it was derived with this salt and number of iterations. */
  boolean isFor(byte[] otherSalt, int otherIterations) {
    return iterations == otherIterations && MessageDigest.isEqual(salt, otherSalt);
  }

  /** The key of the file's content. */
  ErasableKey encryption() {
    return encryption;
  }

  /** HMAC-SHA256 of the part of a header that stands before the check value. */
  byte[] checkValue(byte[] header) throws BackendException {
    return Engines.hmac("HmacSHA256", check, header);
  }

  void destroy() {
    encryption.destroy();
    check.destroy();
  }
}
