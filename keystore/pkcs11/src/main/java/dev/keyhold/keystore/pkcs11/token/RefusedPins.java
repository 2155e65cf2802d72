package dev.keyhold.keystore.pkcs11.token;

import dev.keyhold.keystore.LocalRandom;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;

/**
 * The PINs that tokens refused in this process, by salted digests. A program that makes a new
 * backend after each failure would lock the token otherwise. Thread-safe.
 */
final class RefusedPins {
  static final RefusedPins PROCESS = new RefusedPins();

  private final byte[] salt = LocalRandom.bytes(16);
  private final Set<String> digests = new HashSet<>();

  /** Remembers that a token refused a PIN. */
  synchronized void add(String token, char[] pin) {
    digests.add(digest(token, pin));
  }

  /** Returns whether a token refused a PIN. */
  synchronized boolean contains(String token, char[] pin) {
    return !digests.isEmpty() && digests.contains(digest(token, pin));
  }

  private String digest(String token, char[] pin) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * pin.length);
    bytes.asCharBuffer().put(pin);
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(salt);
      sha256.update(bytes.array());
      return token + ":" + HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    } finally {
      Arrays.fill(bytes.array(), (byte) 0);
    }
  }
}
