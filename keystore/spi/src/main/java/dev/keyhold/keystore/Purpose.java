package dev.keyhold.keystore;

/** A purpose of a key. A key has as few purposes as it needs; most have one. */
public enum Purpose {
  /** A KEK: wraps and unwraps data keys. */
  ENCRYPT,
  /** Computes and verifies message authentication codes. */
  MAC,
  /** A private key that signs. */
  SIGN,
  /** A private RSA key that decrypts what was encrypted to its public key. */
  DECRYPT,
  /** A private key that agrees on a secret with the holder of another one. */
  AGREE,
  /** A private key that opens what a KEM encapsulated to its public key. */
  DECAPSULATE,
  /**
   * An AES key that wraps the keys of others, by {@link KeyWrap}. It is no KEK of Keyhold's own: it
   * neither wraps data keys nor opens objects.
   */
  KEY_WRAP
}
