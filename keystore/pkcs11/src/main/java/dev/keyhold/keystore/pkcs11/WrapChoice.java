package dev.keyhold.keystore.pkcs11;

/** Which kind of KEK is made when an AES key for wrapping is asked for. */
enum WrapChoice {
  /** HMAC-derive where the token has HMAC, else AES-GCM: only the latter wears out. */
  AUTO,
  /** AES-GCM, or the request is refused. */
  AES_GCM,
  /** HMAC-derive, whatever the token can do. */
  HMAC_DERIVE
}
