package dev.keyhold.object;

import javax.crypto.spec.GCMParameterSpec;

/**
 * The nonce of a chunk: the base nonce XOR the chunk number (Cobblestone, "AEAD usage").
 *
 * <p>One object serves all chunks of a message, so that none is allocated per chunk. An engine that
 * keeps the array to refuse a repeated IV sees two arrays in turn: the one it keeps is not changed
 * before it is given the other.
 */
final class ChunkNonce extends GCMParameterSpec {
  static final int LENGTH = 12;
  static final long MAX_CHUNKS = 1L << 38;

  private static final byte[] NOTHING = new byte[0];

  private final byte[] base;
  private byte[] current = new byte[LENGTH];
  private byte[] other = new byte[LENGTH];

  /**
   * Creates the nonces of a message.
   *
   * @param base handed over
   */
  ChunkNonce(byte[] base) {
    super(8 * Cobblestone.TAG, NOTHING); // getIV gives another
    this.base = base;
  }

  /** Returns the nonces of the same message, for another thread. */
  ChunkNonce copy() {
    return new ChunkNonce(base);
  }

  /** Moves to a chunk. Fails when the counter is used up, 4 PiB into the message. */
  ChunkNonce at(long chunk) {
    if (chunk < 0 || chunk >= MAX_CHUNKS) {
      throw new IllegalStateException("a message has at most 2^38 chunks of 16 KiB");
    }
    byte[] next = other;
    other = current;
    current = next;
    System.arraycopy(base, 0, next, 0, LENGTH);
    for (int i = 0; i < 5; i++) {
      next[LENGTH - 1 - i] ^= (byte) (chunk >>> (8 * i));
    }
    return this;
  }

  @Override
  @SuppressWarnings("ReturnsMutableArray") // on purpose: see the class comment
  public byte[] getIV() {
    return current;
  }
}
