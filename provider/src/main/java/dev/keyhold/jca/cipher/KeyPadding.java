package dev.keyhold.jca.cipher;

import java.util.Arrays;
import java.util.Optional;

/** The padding of {@code AES/KW/PKCS5Padding}: PKCS #5, in blocks of 8 bytes. */
final class KeyPadding {
  /** The length of a block, in bytes. */
  static final int BLOCK = 8;

  private KeyPadding() {}

  /** Returns the length of what has this length without padding. */
  static int length(int length) {
    return (length / BLOCK + 1) * BLOCK;
  }

  /** Returns a copy with padding. */
  static byte[] add(byte[] plain) {
    byte[] padded = Arrays.copyOf(plain, length(plain.length));
    Arrays.fill(padded, plain.length, padded.length, (byte) (padded.length - plain.length));
    return padded;
  }

  /**
   * Returns a copy without padding, of which SunJCE of JDK 17 adds up to 16 bytes.
   *
   * @return empty if the padding is wrong
   */
  static Optional<byte[]> remove(byte[] padded) {
    int added = padded[padded.length - 1];
    if (added < 1 || added > Math.min(2 * BLOCK, padded.length)) {
      return Optional.empty();
    }
    for (int i = padded.length - added; i < padded.length; i++) {
      if (padded[i] != added) {
        return Optional.empty();
      }
    }
    return Optional.of(Arrays.copyOf(padded, padded.length - added));
  }
}
