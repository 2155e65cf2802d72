package dev.keyhold.object;

import java.nio.charset.StandardCharsets;

/**
 * The labels under which Keyhold derives from a top key by HKDF-Expand ({@link HkdfKey}). None is
 * the beginning of another.
 */
public final class Kdf {
  /** Derives the key of a header's MAC. */
  static final byte[] HEADER_MAC = ascii("keyhold/1/header-mac");

  /** Derives from an epoch key what the keys of its objects are derived from. */
  public static final byte[] EPOCH_INPUT_KEY = ascii("keyhold/1/epoch-input-key");

  private Kdf() {}

  public static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
