package dev.keyhold.keystore.pkcs11.pairs;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.keystore.encoding.NistCurves;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import javax.crypto.KeyAgreement;

/**
 * A key pair that is to be stored in a token. The JDK's engines are called by name: another
 * provider that is first in the list might create keys in the token.
 *
 * @param privateKey in memory until it is collected: the JDK offers no way to zero it
 */
public record SoftwarePair(PrivateKey privateKey, PublicKey publicKey) {
  private static final String RSA_ENGINE = "SunRsaSign";
  static final String EC_ENGINE = "SunEC";

  /** Reads the PKCS#8 DER of a key of this kind; UNSUPPORTED if it is none. */
  public static SoftwarePair read(KeySpec spec, byte[] pkcs8) throws BackendException {
    try {
      PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(pkcs8);
      SoftwarePair pair = spec.algorithm().equals("RSA") ? readRsa(encoded) : readEc(encoded);
      int bits =
          pair.privateKey instanceof ECPrivateKey ec
              ? NistCurves.bitsOf(ec.getParams()).orElse(0)
              : ((RSAPrivateCrtKey) pair.privateKey).getModulus().bitLength();
      if (bits == spec.bits()) {
        return pair;
      }
      throw new BackendException(Reason.UNSUPPORTED, "the key material is no " + spec + " key");
    } catch (GeneralSecurityException e) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "the key material is not the PKCS#8 DER of an " + spec + " key with all its parts",
          e);
    }
  }

  private static SoftwarePair readRsa(PKCS8EncodedKeySpec encoded) throws GeneralSecurityException {
    KeyFactory factory = KeyFactory.getInstance("RSA", RSA_ENGINE);
    if (!(factory.generatePrivate(encoded) instanceof RSAPrivateCrtKey key)) {
      throw new InvalidKeySpecException("no CRT parts");
    }
    return new SoftwarePair(
        key,
        factory.generatePublic(new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent())));
  }

  /**
   * Reads an EC key pair. PKCS#8 need not contain the public point, and the JDK does not compute it
   * from the private number.
   */
  private static SoftwarePair readEc(PKCS8EncodedKeySpec encoded) throws GeneralSecurityException {
    KeyFactory factory = KeyFactory.getInstance("EC", EC_ENGINE);
    ECPrivateKey key = (ECPrivateKey) factory.generatePrivate(encoded);
    ECParameterSpec parameters = key.getParams();
    if (NistCurves.bitsOf(parameters).isEmpty()) {
      throw new InvalidKeySpecException("no curve of NIST");
    }
    // ECDH with the generator as the peer: x of the public point
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH", EC_ENGINE);
    agreement.init(key);
    agreement.doPhase(
        factory.generatePublic(new ECPublicKeySpec(parameters.getGenerator(), parameters)), true);
    ECPoint point = NistCurves.lift(parameters, new BigInteger(1, agreement.generateSecret()));
    SoftwarePair pair =
        new SoftwarePair(key, factory.generatePublic(new ECPublicKeySpec(point, parameters)));
    if (pair.belongsTogether()) {
      return pair;
    }
    ECPoint other = NistCurves.negate(parameters, point);
    return new SoftwarePair(key, factory.generatePublic(new ECPublicKeySpec(other, parameters)));
  }

  private boolean belongsTogether() throws GeneralSecurityException {
    byte[] message = new byte[1];
    byte[] signature = signSha256(message);
    Signature verifier = Signature.getInstance("SHA256withECDSA", EC_ENGINE);
    verifier.initVerify(publicKey);
    verifier.update(message);
    return verifier.verify(signature);
  }

  /** Signs a message under SHA-256, with the JDK's engine. */
  public byte[] signSha256(byte[] message) throws GeneralSecurityException {
    boolean rsa = privateKey.getAlgorithm().equals("RSA");
    Signature signer =
        rsa
            ? Signature.getInstance("SHA256withRSA", RSA_ENGINE)
            : Signature.getInstance("SHA256withECDSA", EC_ENGINE);
    byte[] secret = privateKey.getEncoded();
    try {
      signer.initSign(privateKey, LocalRandom.forSignature(secret, message));
      signer.update(message);
      return signer.sign();
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  @Override
  public String toString() {
    return publicKey.getAlgorithm() + " key pair";
  }
}
