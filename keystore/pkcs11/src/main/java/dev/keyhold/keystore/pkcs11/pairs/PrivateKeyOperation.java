package dev.keyhold.keystore.pkcs11.pairs;

import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;

/** The operations of a token with a private key; all that Keyhold offers is built upon these. */
public enum PrivateKeyOperation {
  /** CKM_RSA_PKCS: pads what it is given (RFC 8017, section 8.2) and signs it. */
  SIGN_PKCS1("RSA"),
  /** CKM_RSA_X_509: signs a whole block, as long as the modulus. */
  SIGN_BLOCK("RSA"),
  /** CKM_ECDSA: signs a digest; the signature is DER. */
  SIGN_ECDSA("EC"),
  /** CKM_RSA_PKCS: decrypts and takes the padding off (RFC 8017, section 7.2). */
  DECRYPT_PKCS1("RSA"),
  /** CKM_ECDH1_DERIVE, with a secret that comes out. */
  AGREE("EC");

  private final String algorithm;

  PrivateKeyOperation(String algorithm) {
    this.algorithm = algorithm;
  }

  /** Returns what the token must do for a new key of this purpose. */
  public static PrivateKeyOperation of(KeySpec spec, Purpose purpose) {
    return switch (purpose) {
      case SIGN -> spec.algorithm().equals("RSA") ? SIGN_PKCS1 : SIGN_ECDSA;
      case DECRYPT -> DECRYPT_PKCS1;
      case AGREE -> AGREE;
      default -> throw new IllegalArgumentException("no private key is for " + purpose);
    };
  }

  /** Returns the algorithm of the keys that do this. */
  public String algorithm() {
    return algorithm;
  }
}
