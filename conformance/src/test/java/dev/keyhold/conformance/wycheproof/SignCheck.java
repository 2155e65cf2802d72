package dev.keyhold.conformance.wycheproof;

import dev.keyhold.conformance.wycheproof.Vector.Result;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.opentest4j.TestAbortedException;

/**
 * Signing with the private key of a vector. What has one possible signature must be that; what has
 * many (ML-DSA with randomness) must verify by another implementation.
 */
final class SignCheck implements Check {
  private static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();

  private final Provider provider;
  private final PairKeys keys;

  SignCheck(Provider provider, PairKeys keys) {
    this.provider = provider;
    this.keys = keys;
  }

  @Override
  public void run(Vector vector) throws Exception {
    SignatureKind kind = SignatureKind.of(vector);
    if (!vector.group().has("privateKeyPkcs8")) {
      throw new TestAbortedException(
          "without PKCS#8: the internal interface or the given randomness of FIPS 204");
    }
    if (!vector.has("msg")) {
      throw new TestAbortedException("the JCA does not sign what was digested by mu");
    }
    Signature signature = kind.signature(provider);
    KeyPair pair;
    byte[] signed;
    try {
      pair = kind.algorithm().equals("ML-DSA") ? mlDsa(vector) : VectorPairs.rsa(vector);
      PrivateKey key = keys.key(pair, Certified.SIGN);
      requireJdk(kind, key);
      signature.initSign(key);
      signature.update(vector.bytes("msg"));
      signed = signature.sign();
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      if (vector.result() == Result.VALID) {
        throw e;
      }
      return;
    }
    if (vector.result() == Result.INVALID) {
      throw new AssertionError("signed, though the key or the message is bad");
    }
    boolean right =
        kind.algorithm().equals("ML-DSA")
            ? verifies(pair.getPublic(), vector.bytes("msg"), signed)
            : Arrays.equals(vector.bytes("sig"), signed);
    if (!right) {
      throw new AssertionError("the signature is wrong");
    }
  }

  /** A raw key is the JDK's to sign with. */
  private static void requireJdk(SignatureKind kind, PrivateKey key) {
    if (key.getEncoded() == null) {
      return;
    }
    try {
      kind.signature().initSign(key);
    } catch (GeneralSecurityException e) {
      throw new TestAbortedException("the JDK does not sign with such a raw key", e);
    }
  }

  private static boolean verifies(PublicKey key, byte[] message, byte[] signed)
      throws GeneralSecurityException {
    Signature verifier = Signature.getInstance("ML-DSA", BOUNCY_CASTLE);
    verifier.initVerify(key);
    verifier.update(message);
    return verifier.verify(signed);
  }

  private static KeyPair mlDsa(Vector vector) throws GeneralSecurityException {
    byte[] pkcs8 = vector.bytes("privateKeyPkcs8");
    KeyFactory factory = KeyFactory.getInstance("ML-DSA", BOUNCY_CASTLE);
    try {
      ASN1ObjectIdentifier set =
          PrivateKeyInfo.getInstance(pkcs8).getPrivateKeyAlgorithm().getAlgorithm();
      byte[] spki =
          new SubjectPublicKeyInfo(new AlgorithmIdentifier(set), vector.bytes("publicKey"))
              .getEncoded();
      return new KeyPair(
          factory.generatePublic(new X509EncodedKeySpec(spki)),
          factory.generatePrivate(new PKCS8EncodedKeySpec(pkcs8)));
    } catch (IOException e) {
      throw new InvalidKeySpecException(e);
    }
  }
}
