package dev.keyhold.keystore.pkcs11;

/** The kinds of secret key in a token that Keyhold uses. */
enum KeyKind {
  /** CKK_AES, which may encrypt and decrypt. */
  AES,
  /** CKK_GENERIC_SECRET, or a type of one HMAC's own; may sign and verify. */
  HMAC
}
