package dev.keyhold.keystore;

import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What kind of key: its JCA algorithm name and its size.
 *
 * @param algorithm a standard JCA key algorithm name, such as {@code AES}, {@code HmacSHA256},
 *     {@code RSA} or {@code EC}, or the name of a parameter set, such as {@code Ed25519} or {@code
 *     ML-DSA-65}
 * @param bits the size of the key in bits: of an RSA modulus, of an elliptic curve's order (256,
 *     384, 521: the curves of NIST), of the public key where the algorithm is a parameter set
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

  /** A signing key on the curve edwards25519 (RFC 8032). */
  public static final KeySpec ED25519 = new KeySpec("Ed25519", 256);

  /** A key agreement key on the curve curve25519 (RFC 7748). */
  public static final KeySpec X25519 = new KeySpec("X25519", 256);

  /** The kinds of key pairs that Keyhold knows; a backend may have few of them, or none. */
  public static final List<KeySpec> KEY_PAIRS =
      List.of(
          rsa(2048),
          rsa(3072),
          rsa(4096),
          ec(256),
          ec(384),
          ec(521),
          ED25519,
          X25519,
          mlDsa(44),
          mlDsa(65),
          mlDsa(87),
          mlKem(512),
          mlKem(768),
          mlKem(1024));

  private static final Set<String> SYMMETRIC =
      Set.of("AES", "HmacSHA256", "HmacSHA384", "HmacSHA512");

  /** Returns an RSA key pair. */
  public static KeySpec rsa(int bits) {
    return new KeySpec("RSA", bits);
  }

  /** Returns a key pair on a curve of NIST: 256, 384 or 521 bits. */
  public static KeySpec ec(int bits) {
    return new KeySpec("EC", bits);
  }

  /**
   * Returns a signing key pair of ML-DSA (FIPS 204).
   *
   * @param parameterSet 44, 65 or 87
   */
  public static KeySpec mlDsa(int parameterSet) {
    int publicKeyBytes =
        switch (parameterSet) {
          case 44 -> 1312;
          case 65 -> 1952;
          case 87 -> 2592;
          default -> throw new IllegalArgumentException("no ML-DSA-" + parameterSet);
        };
    return new KeySpec("ML-DSA-" + parameterSet, 8 * publicKeyBytes);
  }

  /**
   * Returns a key pair of ML-KEM (FIPS 203).
   *
   * @param parameterSet 512, 768 or 1024
   */
  public static KeySpec mlKem(int parameterSet) {
    int publicKeyBytes =
        switch (parameterSet) {
          case 512 -> 800;
          case 768 -> 1184;
          case 1024 -> 1568;
          default -> throw new IllegalArgumentException("no ML-KEM-" + parameterSet);
        };
    return new KeySpec("ML-KEM-" + parameterSet, 8 * publicKeyBytes);
  }

  /** Returns an HMAC key as long as its hash's output, in bits. */
  public static KeySpec hmac(String algorithm) {
    return switch (algorithm) {
      case "HmacSHA256" -> new KeySpec(algorithm, 256);
      case "HmacSHA384" -> new KeySpec(algorithm, 384);
      case "HmacSHA512" -> new KeySpec(algorithm, 512);
      default -> throw new IllegalArgumentException("not an HMAC that Keyhold has: " + algorithm);
    };
  }

  /** Returns whether this is a key for one of the HMACs. */
  public boolean isHmac() {
    return algorithm.startsWith("Hmac");
  }

  /** Returns whether this is a key pair. */
  public boolean isKeyPair() {
    return !SYMMETRIC.contains(algorithm);
  }

  /** Returns whether the algorithm's name says the size already. */
  private boolean isParameterSet() {
    return algorithm.endsWith("25519") || algorithm.startsWith("ML-");
  }

  @Override
  public String toString() {
    return isParameterSet() ? algorithm : algorithm + "-" + bits;
  }
}
