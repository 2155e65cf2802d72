package dev.keyhold.keystore.pkcs11;

/** Which kind of KEK is made when an AES key for wrapping is asked for. */
enum WrapChoice {
  /** AES-GCM where the token honours our IV, else HMAC-derive. */
  AUTO,
  /** AES-GCM, or the request is refused. */
  AES_GCM,
  /** HMAC-derive, whatever the token can do. */
  HMAC_DERIVE
}
