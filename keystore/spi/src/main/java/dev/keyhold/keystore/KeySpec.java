package dev.keyhold.keystore;

import java.util.Objects;

/**
 * What kind of key: its JCA algorithm name and its size.
 *
 * @param algorithm a standard JCA key algorithm name, such as {@code AES} or {@code HmacSHA256}
 * @param bits the size of the key in bits
 */
public record KeySpec(String algorithm, int bits) {
  /** An AES-256 key. */
  public static final KeySpec AES_256 = new KeySpec("AES", 256);

  /** Checks that both parts are there. */
  public KeySpec {
    Objects.requireNonNull(algorithm, "algorithm");
    if (bits <= 0) {
      throw new IllegalArgumentException("key size must be positive: " + bits);
    }
  }

  /** An HMAC key as long as its hash's output, in bits. */
  public static KeySpec hmac(String algorithm) {
    return switch (algorithm) {
      case "HmacSHA256" -> new KeySpec(algorithm, 256);
      case "HmacSHA384" -> new KeySpec(algorithm, 384);
      case "HmacSHA512" -> new KeySpec(algorithm, 512);
      default -> throw new IllegalArgumentException("not an HMAC that Keyhold has: " + algorithm);
    };
  }

  /** Whether this is a key for one of the HMACs. */
  public boolean isHmac() {
    return algorithm.startsWith("Hmac");
  }

  @Override
  public String toString() {
    return algorithm + "-" + bits;
  }
}
