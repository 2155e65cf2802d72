package dev.keyhold.jca.cipher;

import java.util.Arrays;

/** Gathers bytes that may be secret; leaves no copies behind when it grows or is cleared. */
final class SecretBuffer {
  private static final int FIRST_CAPACITY = 64;

  private final int limit;
  private byte[] bytes = new byte[FIRST_CAPACITY];
  private int length;

  /** Creates a buffer for a maximum number of bytes. */
  SecretBuffer(int limit) {
    this.limit = limit;
  }

  int length() {
    return length;
  }

  /** Returns whether so many bytes more go in. */
  boolean hasRoom(int count) {
    return count <= limit - length;
  }

  void add(byte[] from, int offset, int count) {
    if (count > bytes.length - length) {
      byte[] larger = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + count));
      Arrays.fill(bytes, (byte) 0);
      bytes = larger;
    }
    System.arraycopy(from, offset, bytes, length, count);
    length += count;
  }

  /** Returns what was gathered, and then some; the caller zeroes it. */
  byte[] with(byte[] more, int offset, int count) {
    byte[] all = Arrays.copyOf(bytes, length + count);
    System.arraycopy(more, offset, all, length, count);
    return all;
  }

  void clear() {
    Arrays.fill(bytes, 0, length, (byte) 0);
    length = 0;
  }
}
