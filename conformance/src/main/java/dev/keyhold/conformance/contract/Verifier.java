package dev.keyhold.conformance.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.SignatureAlgorithm.Scheme;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Security;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.bouncycastle.crypto.SecretWithEncapsulation;
import org.bouncycastle.crypto.kems.MLKEMGenerator;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * The other side of a key pair: the JDK's engines, and Bouncy Castle's for ML-DSA where the JDK has
 * none. Stateless.
 */
final class Verifier {
  static final byte[] MESSAGE = {1, 2, 3};

  private Verifier() {}

  private static Provider mlDsa() {
    Provider jdk = Security.getProvider("SUN");
    return jdk.getService("Signature", "ML-DSA") == null ? new BouncyCastleProvider() : jdk;
  }

  static PublicKey publicKey(KeySpec spec, byte[] half) throws GeneralSecurityException {
    KeyFactory factory =
        spec.algorithm().startsWith("ML-DSA")
            ? KeyFactory.getInstance("ML-DSA", mlDsa())
            : spec.algorithm().startsWith("ML-KEM")
                ? KeyFactory.getInstance("ML-KEM", new BouncyCastleProvider())
                : KeyFactory.getInstance(spec.algorithm());
    return factory.generatePublic(new X509EncodedKeySpec(half));
  }

  /** Expects the public half of a key of this kind. */
  static void assertIs(KeySpec spec, byte[] half) throws GeneralSecurityException {
    PublicKey key = publicKey(spec, half);
    if (key instanceof RSAPublicKey rsa) {
      assertEquals(spec.bits(), rsa.getModulus().bitLength());
    } else if (key instanceof ECPublicKey point) {
      BigInteger order = point.getParams().getOrder();
      assertEquals(spec.bits(), order.bitLength());
    }
  }

  /** Returns a secret for the holder of a private key of ML-KEM. */
  static SecretWithEncapsulation encapsulated(byte[] half) throws IOException {
    return new MLKEMGenerator(new SecureRandom())
        .generateEncapsulated(PublicKeyFactory.createKey(half));
  }

  /** Returns a verifier for a salt as long as the digest, where any would do. */
  static SignatureAlgorithm withSalt(SignatureAlgorithm able) throws GeneralSecurityException {
    if (able.saltLength() != SignatureAlgorithm.ANY_SALT) {
      return able;
    }
    int length = MessageDigest.getInstance(able.digest()).getDigestLength();
    return SignatureAlgorithm.pss(able.digest(), able.mgfDigest(), length);
  }

  /** Returns what a backend is given to sign {@link #MESSAGE}. */
  static byte[] input(SignatureAlgorithm algorithm) throws GeneralSecurityException {
    return algorithm.signsDigest()
        ? MessageDigest.getInstance(algorithm.digest()).digest(MESSAGE)
        : MESSAGE;
  }

  /** Expects a signature of what {@link #input} gave. */
  static void assertVerifies(
      KeySpec spec, byte[] half, SignatureAlgorithm algorithm, byte[] input, byte[] signature)
      throws GeneralSecurityException {
    Scheme scheme = algorithm.scheme();
    Signature verifier =
        switch (scheme) {
          case ML_DSA -> Signature.getInstance("ML-DSA", mlDsa());
          case EDDSA -> Signature.getInstance("Ed25519");
          // a digest that is signed as it is gives the same signature
          case ECDSA -> Signature.getInstance("NONEwithECDSA");
          case RSA_PSS -> pss(algorithm);
          case RSA_PKCS1 -> Signature.getInstance(algorithm.toString());
        };
    verifier.initVerify(publicKey(spec, half));
    boolean digests = algorithm.signsDigest() && scheme != Scheme.ECDSA;
    verifier.update(digests ? MESSAGE : input);
    assertTrue(verifier.verify(signature), algorithm.toString());
  }

  private static Signature pss(SignatureAlgorithm algorithm) throws GeneralSecurityException {
    Signature pss = Signature.getInstance("RSASSA-PSS");
    pss.setParameter(
        new PSSParameterSpec(
            algorithm.digest(),
            "MGF1",
            new MGF1ParameterSpec(algorithm.mgfDigest()),
            algorithm.saltLength(),
            PSSParameterSpec.TRAILER_FIELD_BC));
    return pss;
  }

  static byte[] encrypted(byte[] half, RsaPadding padding, byte[] message)
      throws GeneralSecurityException {
    PublicKey key = KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(half));
    if (padding.equals(RsaPadding.PKCS1)) {
      Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
      cipher.init(Cipher.ENCRYPT_MODE, key);
      return cipher.doFinal(message);
    }
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        key,
        new OAEPParameterSpec(
            padding.digest(),
            "MGF1",
            new MGF1ParameterSpec(padding.mgfDigest()),
            PSource.PSpecified.DEFAULT));
    return cipher.doFinal(message);
  }
}
