package dev.keyhold.object;

/**
 * The whole of HKDF with SHA-512 (RFC 5869) by the class that derives the keys of objects, which
 * are derived without the first step.
 */
public final class Hkdf {
  private Hkdf() {}

  /** Extracts, and expands. */
  public static byte[] derive(byte[] salt, byte[] inputKey, byte[] info, int length) {
    byte[] key = HkdfKey.of(salt).hmac(inputKey);
    return HkdfKey.of(key).expand(info, length);
  }
}
