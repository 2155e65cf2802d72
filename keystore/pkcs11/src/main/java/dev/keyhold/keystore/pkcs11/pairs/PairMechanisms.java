package dev.keyhold.keystore.pkcs11.pairs;

import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.encoding.NistCurves;
import java.security.GeneralSecurityException;
import java.security.InvalidParameterException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;

/** The operations of one SunPKCS11 provider with key pairs. Thread-safe. */
public final class PairMechanisms {
  private static final String BLOCK = "RSA/ECB/NoPadding";
  private static final String PKCS1 = "RSA/ECB/PKCS1Padding";

  private final Provider provider;

  public PairMechanisms(Provider provider) {
    this.provider = provider;
  }

  /** Returns whether SunPKCS11 offers this: it goes by the token's list of mechanisms. */
  public boolean offers(PrivateKeyOperation operation) {
    return switch (operation) {
      // JDK 17 has no NONEwithRSA
      case SIGN_PKCS1, DECRYPT_PKCS1 -> provider.getService("Cipher", PKCS1) != null;
      case SIGN_BLOCK -> provider.getService("Cipher", BLOCK) != null;
      case SIGN_ECDSA -> provider.getService("Signature", "NONEwithECDSA") != null;
      case AGREE -> provider.getService("KeyAgreement", "ECDH") != null;
    };
  }

  /** Returns a new pair of session keys: of the templates' attributes, gone with its objects. */
  public KeyPair generate(KeySpec spec) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(spec.algorithm(), provider);
    try {
      generator.initialize(
          spec.algorithm().equals("RSA")
              ? new RSAKeyGenParameterSpec(spec.bits(), RSAKeyGenParameterSpec.F4)
              : new ECGenParameterSpec(NistCurves.name(spec.bits())));
    } catch (InvalidParameterException e) {
      throw new GeneralSecurityException(spec + " is no key for this token", e);
    }
    return generator.generateKeyPair();
  }

  /** Signs in the token. */
  public byte[] sign(PrivateKeyOperation operation, PrivateKey key, byte[] input)
      throws GeneralSecurityException {
    if (operation == PrivateKeyOperation.SIGN_ECDSA) {
      Signature signature = Signature.getInstance("NONEwithECDSA", provider);
      signature.initSign(key);
      signature.update(input);
      return signature.sign();
    }
    // SunPKCS11 takes encryption by a private key for a signature: C_Sign
    String mechanism = operation == PrivateKeyOperation.SIGN_BLOCK ? BLOCK : PKCS1;
    Cipher cipher = Cipher.getInstance(mechanism, provider);
    cipher.init(Cipher.ENCRYPT_MODE, key);
    return cipher.doFinal(input);
  }

  /** Decrypts in the token, by PKCS#1 v1.5. */
  public byte[] decrypt(PrivateKey key, byte[] ciphertext) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(PKCS1, provider);
    cipher.init(Cipher.DECRYPT_MODE, key);
    return cipher.doFinal(ciphertext);
  }

  /** Agrees on a secret in the token. */
  public byte[] agree(PrivateKey key, ECPublicKey peer) throws GeneralSecurityException {
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH", provider);
    agreement.init(key);
    agreement.doPhase(peer, true);
    return agreement.generateSecret();
  }
}
