package dev.keyhold.conformance.wycheproof;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.InvalidParameterSpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import org.bouncycastle.jce.ECNamedCurveTable;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.opentest4j.TestAbortedException;

/** The key pairs that vectors tell in part: a private key, often as a bare number. */
final class VectorPairs {
  private static final HexFormat HEX = HexFormat.of();
  private static final String X25519_PKCS8 = "302e020100300506032b656e04220420";
  static final String X25519_SPKI = "302a300506032b656e032100";

  private VectorPairs() {}

  static KeyPair rsa(Vector vector) throws GeneralSecurityException {
    KeyFactory factory = KeyFactory.getInstance("RSA");
    PrivateKey key;
    try {
      key = factory.generatePrivate(new PKCS8EncodedKeySpec(vector.bytes("privateKeyPkcs8")));
    } catch (InvalidKeySpecException e) {
      throw new TestAbortedException("the JDK has no such RSA keys", e);
    }
    RSAPrivateCrtKey crt = (RSAPrivateCrtKey) key;
    return new KeyPair(
        factory.generatePublic(new RSAPublicKeySpec(crt.getModulus(), crt.getPublicExponent())),
        key);
  }

  /** On a curve of the JDK. */
  static KeyPair ec(Vector vector) throws GeneralSecurityException {
    String curve = vector.text("curve");
    ECParameterSpec parameters;
    try {
      AlgorithmParameters named = AlgorithmParameters.getInstance("EC");
      named.init(new ECGenParameterSpec(curve));
      parameters = named.getParameterSpec(ECParameterSpec.class);
    } catch (InvalidParameterSpecException e) {
      throw new TestAbortedException("the JDK has no curve " + curve, e);
    }
    BigInteger scalar = new BigInteger(1, HEX.parseHex(even(vector.text("private"))));
    var point = ECNamedCurveTable.getParameterSpec(curve).getG().multiply(scalar).normalize();
    ECPoint affine =
        new ECPoint(point.getAffineXCoord().toBigInteger(), point.getAffineYCoord().toBigInteger());
    KeyFactory factory = KeyFactory.getInstance("EC");
    return new KeyPair(
        factory.generatePublic(new ECPublicKeySpec(affine, parameters)),
        factory.generatePrivate(new ECPrivateKeySpec(scalar, parameters)));
  }

  private static String even(String hex) {
    return hex.length() % 2 == 0 ? hex : "0" + hex;
  }

  /** From PKCS#8, or the 32 bytes of RFC 7748. */
  static KeyPair x25519(Vector vector) throws GeneralSecurityException {
    if (!vector.text("curve").equals("curve25519")) {
      throw new TestAbortedException("Keyhold has no curve " + vector.text("curve"));
    }
    String text = vector.text("private");
    byte[] pkcs8 = HEX.parseHex(text.length() == 64 ? X25519_PKCS8 + text : text);
    byte[] bare = HEX.parseHex(text.substring(text.length() - 64));
    byte[] half = new byte[32];
    X25519.generatePublicKey(bare, 0, half, 0);
    KeyFactory factory = KeyFactory.getInstance("X25519");
    return new KeyPair(
        factory.generatePublic(
            new X509EncodedKeySpec(HEX.parseHex(X25519_SPKI + HEX.formatHex(half)))),
        factory.generatePrivate(new PKCS8EncodedKeySpec(pkcs8)));
  }

  /** A public key as a peer may send it: bytes that nobody has looked at. */
  static final class Unread implements PublicKey {
    private static final long serialVersionUID = 1L;

    private final String algorithm;
    private final byte[] encoded;

    Unread(String algorithm, byte[] encoded) {
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
  }

  /** The same, read by the JDK, as its own engines want it. */
  static PublicKey read(Unread key) throws NoSuchAlgorithmException, InvalidKeySpecException {
    return KeyFactory.getInstance(key.getAlgorithm())
        .generatePublic(new X509EncodedKeySpec(key.getEncoded()));
  }
}
