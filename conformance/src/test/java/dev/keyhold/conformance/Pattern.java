package dev.keyhold.conformance;

/** Test data that is known at every position. */
public final class Pattern {
  /** The plaintext of a full chunk, in bytes. */
  public static final int CHUNK = 16 * 1024;

  /** A full chunk in an object: with its tag. */
  public static final int SEALED_CHUNK = CHUNK + 16;

  /** Salt and commitment, between header and chunks. */
  public static final int PREFIX = 24 + 32;

  private Pattern() {}

  /** The byte at a position. */
  public static byte at(long position) {
    return (byte) (31 * position + 7);
  }

  /** The first bytes. */
  public static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = at(i);
    }
    return bytes;
  }

  /** How long an object's header is, as its prologue says. */
  public static int headerLength(byte[] object) {
    return 256 * (((object[8] & 0xFF) << 8) | (object[9] & 0xFF));
  }

  /** Where a chunk begins in an object. */
  public static int chunkAt(byte[] object, int chunk) {
    return headerLength(object) + PREFIX + chunk * SEALED_CHUNK;
  }
}
