package dev.keyhold.keystore;

/** What a key is for. A key has as few purposes as it needs; most have one. */
public enum Purpose {
  /** A KEK: wraps and unwraps data keys. */
  ENCRYPT,
  /** Computes and verifies message authentication codes. */
  MAC
}
