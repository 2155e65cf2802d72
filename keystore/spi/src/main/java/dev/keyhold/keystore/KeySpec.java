package dev.keyhold.keystore;

import dev.keyhold.keystore.encoding.AlgorithmTable;
import dev.keyhold.keystore.encoding.KeyPairKind;
import java.util.List;
import java.util.Objects;

/**
 * The kind of a key: its JCA algorithm name and its size.
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

  /** The kinds of key pairs that Keyhold has; a backend may have few of them, or none. */
  public static final List<KeySpec> KEY_PAIRS =
      AlgorithmTable.KEY_PAIRS.stream().map(KeyPairKind::spec).toList();

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
    return parameterSet("ML-DSA-" + parameterSet);
  }

  /**
   * Returns a key pair of ML-KEM (FIPS 203).
   *
   * @param parameterSet 512, 768 or 1024
   */
  public static KeySpec mlKem(int parameterSet) {
    return parameterSet("ML-KEM-" + parameterSet);
  }

  private static KeySpec parameterSet(String name) {
    return AlgorithmTable.parameterSet(name)
        .orElseThrow(() -> new IllegalArgumentException("no " + name))
        .spec();
  }

  /** Returns an HMAC key as long as its hash's output, in bits. */
  public static KeySpec hmac(String algorithm) {
    return AlgorithmTable.DIGESTS.stream()
        .filter(digest -> algorithm.equals("Hmac" + digest.joined()))
        .filter(digest -> AlgorithmTable.HMACS.contains(algorithm))
        .findFirst()
        .map(digest -> new KeySpec(algorithm, 8 * digest.bytes()))
        .orElseThrow(
            () -> new IllegalArgumentException("not an HMAC that Keyhold has: " + algorithm));
  }

  /** Returns whether this is a key for one of the HMACs. */
  public boolean isHmac() {
    return algorithm.startsWith("Hmac");
  }

  /** Returns whether this is a key pair. */
  public boolean isKeyPair() {
    return !algorithm.equals("AES") && !AlgorithmTable.HMACS.contains(algorithm);
  }

  /** Returns what a key of this kind is for unless a request says more. */
  public Purpose usualPurpose() {
    if (!isKeyPair()) {
      return isHmac() ? Purpose.MAC : Purpose.ENCRYPT;
    }
    return AlgorithmTable.find(algorithm, bits)
        .map(kind -> kind.purposes().get(0))
        .orElse(Purpose.SIGN);
  }

  @Override
  public String toString() {
    return AlgorithmTable.parameterSet(algorithm).isPresent() ? algorithm : algorithm + "-" + bits;
  }
}
