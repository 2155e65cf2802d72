package dev.keyhold.keystore.pkcs11.token;

/** The kinds of key in a token that Keyhold uses. */
public enum ObjectKind {
  /** CKK_AES, which may encrypt and decrypt. */
  AES,
  /** CKK_GENERIC_SECRET, or a type of one HMAC's own; may sign and verify. */
  HMAC,
  /** CKK_RSA: a key pair that signs or decrypts. */
  RSA,
  /** CKK_EC, on a curve of NIST: a key pair that signs or agrees. */
  EC
}
