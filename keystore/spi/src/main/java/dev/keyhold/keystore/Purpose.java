package dev.keyhold.keystore;

/** What a key is for. A key has as few purposes as it needs; most have one. */
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
  AGREE
}
