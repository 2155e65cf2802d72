package dev.keyhold.conformance.wycheproof;

import java.nio.ByteBuffer;

/** Byte buffers of every make. */
final class Buffers {
  private static final int MARGIN = 7;

  private Buffers() {}

  /** A direct buffer with this content, at its start. */
  static ByteBuffer direct(byte[] content) {
    return ByteBuffer.allocateDirect(content.length).put(content).flip();
  }

  /** A buffer whose array begins before, and ends after the content. */
  static ByteBuffer slice(byte[] content) {
    return ByteBuffer.allocate(content.length + 2 * MARGIN)
        .position(MARGIN)
        .put(content)
        .flip()
        .position(MARGIN)
        .slice();
  }

  /** An empty slice of a larger buffer. */
  static ByteBuffer room(int length) {
    return ByteBuffer.allocate(length + 2 * MARGIN).position(MARGIN).limit(MARGIN + length).slice();
  }

  /** All that was put into a buffer. */
  static byte[] taken(ByteBuffer buffer) {
    byte[] content = new byte[buffer.position()];
    buffer.flip().get(content);
    return content;
  }
}
