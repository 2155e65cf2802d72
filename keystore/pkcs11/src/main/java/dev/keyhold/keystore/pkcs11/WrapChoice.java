package dev.keyhold.keystore.pkcs11;

/** The kind of KEK that is made when an AES key for wrapping is requested. */
enum WrapChoice {
  /** HMAC-derive where the token has HMAC, else AES-GCM: only the latter wears out. */
  AUTO,
  /** AES-GCM, or the request is refused. */
  AES_GCM,
  /** HMAC-derive, whatever the token can do. */
  HMAC_DERIVE
}
