package dev.keyhold.jca.key;

import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.encoding.AlgorithmTable;
import dev.keyhold.keystore.encoding.KeyPairKind;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;

/** Public keys: ordinary ones, of the JDK's own classes where it knows the algorithm. */
final class PublicKeys {
  private PublicKeys() {}

  /** Returns what the JDK calls the keys of a kind: {@code EdDSA} for Ed25519, {@code ML-DSA}. */
  static String algorithm(KeySpec spec) {
    String name = spec.algorithm();
    return AlgorithmTable.parameterSet(name).map(KeyPairKind::family).orElse(name);
  }

  /**
   * Reads a SubjectPublicKeyInfo.
   *
   * @throws IllegalArgumentException if it is none, or of another algorithm
   */
  static PublicKey read(String algorithm, byte[] encoded) {
    try {
      return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(encoded));
    } catch (NoSuchAlgorithmException e) {
      return new EncodedPublicKey(algorithm, encoded);
    } catch (InvalidKeySpecException e) {
      throw new IllegalArgumentException("this is no public key of " + algorithm, e);
    }
  }

  /** A public key of an algorithm that this JDK does not know (ML-DSA, ML-KEM before JDK 24). */
  private static final class EncodedPublicKey implements PublicKey {
    private static final long serialVersionUID = 1L;

    private final String algorithm;
    private final byte[] encoded;

    EncodedPublicKey(String algorithm, byte[] encoded) {
      this.algorithm = algorithm;
      this.encoded = encoded.clone();
    }

    @Override
    public String getAlgorithm() {
      return algorithm;
    }

    @Override
    public String getFormat() {
      return "X.509";
    }

    @Override
    public byte[] getEncoded() {
      return encoded.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof PublicKey that && Arrays.equals(encoded, that.getEncoded());
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(encoded);
    }

    @Override
    public String toString() {
      return algorithm + " public key";
    }
  }
}
