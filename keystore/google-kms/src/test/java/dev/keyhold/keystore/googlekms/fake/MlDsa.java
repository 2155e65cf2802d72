package dev.keyhold.keystore.googlekms.fake;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.Signature;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** ML-DSA, which JDK 17 does not have. */
public final class MlDsa {
  private static final Provider BOUNCY_CASTLE = new BouncyCastleProvider();

  private MlDsa() {}

  /**
   * Makes a key pair.
   *
   * @param algorithm such as {@code PQ_SIGN_ML_DSA_65}
   */
  static KeyPair generate(String algorithm) throws GeneralSecurityException {
    String name = algorithm.substring("PQ_SIGN_".length()).replace('_', '-');
    return KeyPairGenerator.getInstance(name, BOUNCY_CASTLE).generateKeyPair();
  }

  static Signature signature() throws GeneralSecurityException {
    return Signature.getInstance("ML-DSA", BOUNCY_CASTLE);
  }

  /** The bytes of FIPS 204, without what X.509 puts around them. */
  static byte[] bare(KeyPair pair) {
    return SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded())
        .getPublicKeyData()
        .getOctets();
  }
}
