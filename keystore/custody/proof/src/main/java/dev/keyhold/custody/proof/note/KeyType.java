package dev.keyhold.custody.proof.note;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.log.Hashes;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;

/**
 * The types of note keys that this module knows, as C2SP signed-note and tlog-cosignature number
 * them. See docs/AUDIT.md, section 2.2.
 */
public enum KeyType {
  /** Ed25519 over the text. */
  ED25519(1, "Ed25519", "302a300506032b6570032100", 32),
  /** ECDSA on P-256 with SHA-256 over the text. */
  ECDSA(2, "SHA256withECDSA", "", 91),
  /** Ed25519 cosignature with a timestamp. */
  COSIGNATURE(4, "Ed25519", "302a300506032b6570032100", 32),
  /** ML-DSA-44 cosignature with a timestamp; the JDK verifies it from version 24 on. */
  MLDSA_COSIGNATURE(6, "ML-DSA-44", "30820532300b06096086480165030403110382052100", 1312);

  private static final BigInteger P256_ORDER =
      new BigInteger("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);

  private static final BigInteger P25519 = // 2^255 - 19
      BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));

  /** The y of the points of order 1, 2, 4 and 8: under such a key anybody can make signatures. */
  private static final Set<BigInteger> SMALL_ORDER =
      Set.of(
          BigInteger.ZERO,
          BigInteger.ONE,
          P25519.subtract(BigInteger.ONE),
          new BigInteger("7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7", 16),
          new BigInteger("05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826", 16));

  private final byte id;
  private final String algorithm;
  private final String prefix;
  private final int length;

  KeyType(int id, String algorithm, String prefix, int length) {
    this.id = (byte) id;
    this.algorithm = algorithm;
    this.prefix = prefix;
    this.length = length;
  }

  /** Returns the byte that stands for the type in verifier keys. */
  public byte id() {
    return id;
  }

  /** Returns whether signatures of this type are cosignatures of checkpoints, with a time. */
  public boolean isCosignature() {
    return this == COSIGNATURE || this == MLDSA_COSIGNATURE;
  }

  /** Returns the name of the JCA's algorithm. */
  public String algorithm() {
    return algorithm;
  }

  static KeyType of(byte id) {
    for (KeyType type : values()) {
      if (type.id == id) {
        return type;
      }
    }
    throw ProofException.syntax("the type 0x%02x of a verifier key is not known".formatted(id));
  }

  static KeyType forKey(PublicKey key) {
    if (key instanceof EdECPublicKey) {
      return ED25519;
    }
    if (key instanceof ECPublicKey) {
      return ECDSA;
    }
    throw ProofException.syntax("a note key is Ed25519 or EC on P-256, not " + key.getAlgorithm());
  }

  byte[] keyId(String name, byte[] encoded) {
    byte[] hash =
        this == ECDSA
            ? Hashes.sha256(encoded)
            : Hashes.sha256(
                (name + "\n").getBytes(StandardCharsets.US_ASCII), new byte[] {id}, encoded);
    return Arrays.copyOf(hash, 4);
  }

  /** Returns the public key material of a key of the JCA, checked to be of this type. */
  byte[] encode(PublicKey key) {
    byte[] spki = key.getEncoded();
    int skip = prefix.length() / 2;
    byte[] encoded =
        this == ECDSA ? spki : Arrays.copyOfRange(spki, Math.min(skip, spki.length), spki.length);
    publicKey(encoded);
    return encoded;
  }

  /** Returns the key of the JCA, or null where this Java runtime lacks the algorithm. */
  PublicKey publicKey(byte[] encoded) {
    if (encoded.length != length) {
      throw ProofException.syntax(this + " has a public key of " + length + " bytes");
    }
    if (algorithm.equals("Ed25519")) {
      requireStrong(encoded);
    }
    byte[] start = HexFormat.of().parseHex(prefix);
    byte[] spki = Arrays.copyOf(start, start.length + encoded.length);
    System.arraycopy(encoded, 0, spki, start.length, encoded.length);
    try {
      PublicKey key = factory().generatePublic(new X509EncodedKeySpec(spki));
      if (key instanceof ECPublicKey ec
          && (!ec.getParams().getOrder().equals(P256_ORDER)
              || !Arrays.equals(key.getEncoded(), encoded))) {
        throw ProofException.syntax("an EC key is on P-256, in the uncompressed form");
      }
      return key;
    } catch (InvalidKeySpecException | RuntimeException e) {
      if (e instanceof ProofException known) {
        throw known;
      }
      throw new ProofException("statement-syntax", "not a public key of type " + this, e);
    } catch (GeneralSecurityException e) {
      if (this == MLDSA_COSIGNATURE) {
        return null; // before JDK 24
      }
      throw new IllegalStateException(algorithm + " is missing in this Java runtime", e);
    }
  }

  private static void requireStrong(byte[] encoded) {
    byte[] y = new byte[encoded.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = encoded[y.length - 1 - i];
    }
    y[0] &= 0x7f; // the sign of x
    BigInteger number = new BigInteger(1, y);
    if (number.compareTo(P25519) >= 0 || SMALL_ORDER.contains(number)) {
      throw ProofException.syntax("an Ed25519 key is a canonical point that is not of small order");
    }
  }

  private KeyFactory factory() throws GeneralSecurityException {
    return KeyFactory.getInstance(this == ECDSA ? "EC" : algorithm);
  }
}
