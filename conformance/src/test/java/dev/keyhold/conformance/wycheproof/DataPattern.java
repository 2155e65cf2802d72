package dev.keyhold.conformance.wycheproof;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.ShortBufferException;

/**
 * A way to pass a message through a cipher. Whatever the way, the result must be the same, no byte
 * outside the named room may change, and the exact room must be enough.
 */
record DataPattern(String name, Pass pass) {
  private static final int MARGIN = 5;
  private static final byte CANARY = 0x5A;

  /** The calls. */
  @FunctionalInterface
  interface Pass {
    /**
     * Passes the whole input, from any part of which the result has to be made.
     *
     * @param room the exact length of the result
     */
    byte[] pass(Cipher cipher, byte[] input, int room) throws GeneralSecurityException;
  }

  /** All of them, for an input of this length. */
  static List<DataPattern> all(int length) {
    List<DataPattern> all = new ArrayList<>();
    all.add(new DataPattern("doFinal", (c, in, room) -> c.doFinal(in)));
    all.add(new DataPattern("doFinal at an offset", DataPattern::atOffset));
    all.add(new DataPattern("doFinal into an array", DataPattern::intoArray));
    all.add(new DataPattern("doFinal in place", (c, in, room) -> overlapping(c, in, room, 0)));
    all.add(
        new DataPattern(
            "doFinal overlapping, ahead", (c, in, room) -> overlapping(c, in, room, 1)));
    all.add(
        new DataPattern(
            "doFinal overlapping, behind", (c, in, room) -> overlapping(c, in, room, -1)));
    all.add(new DataPattern("doFinal, first with a short buffer", DataPattern::shortBufferFirst));
    for (int at : new int[] {0, 1, length / 2, 15, 16, 17, length - 1, length}) {
      if (at >= 0 && at <= length) {
        all.add(
            new DataPattern("update to " + at + ", doFinal", (c, in, room) -> split(c, in, at)));
        all.add(
            new DataPattern(
                "update to " + at + ", doFinal into an array",
                (c, in, room) -> splitIntoArray(c, in, room, at)));
        all.add(
            new DataPattern(
                "update to " + at + ", doFinal by buffers",
                (c, in, room) -> splitBuffers(c, in, room, at)));
      }
    }
    for (int step : new int[] {1, 7, 16, 17}) {
      all.add(new DataPattern("updates of " + step, (c, in, room) -> updates(c, in, step)));
    }
    all.add(
        new DataPattern(
            "buffers",
            (c, in, room) -> buffers(c, ByteBuffer.wrap(in), ByteBuffer.allocate(room))));
    all.add(
        new DataPattern(
            "direct buffers",
            (c, in, room) -> buffers(c, Buffers.direct(in), ByteBuffer.allocateDirect(room))));
    all.add(
        new DataPattern(
            "direct buffer into a slice",
            (c, in, room) -> buffers(c, Buffers.direct(in), Buffers.room(room))));
    all.add(
        new DataPattern(
            "read-only buffer",
            (c, in, room) ->
                buffers(c, ByteBuffer.wrap(in).asReadOnlyBuffer(), ByteBuffer.allocate(room))));
    all.add(
        new DataPattern(
            "read-only direct buffer",
            (c, in, room) ->
                buffers(
                    c, Buffers.direct(in).asReadOnlyBuffer(), ByteBuffer.allocateDirect(room))));
    all.add(
        new DataPattern(
            "slices", (c, in, room) -> buffers(c, Buffers.slice(in), Buffers.room(room))));
    all.add(new DataPattern("buffers in place", DataPattern::buffersInPlace));
    return all;
  }

  private static byte[] atOffset(Cipher cipher, byte[] input, int room)
      throws GeneralSecurityException {
    byte[] padded = new byte[input.length + 2 * MARGIN];
    System.arraycopy(input, 0, padded, MARGIN, input.length);
    return cipher.doFinal(padded, MARGIN, input.length);
  }

  private static byte[] intoArray(Cipher cipher, byte[] input, int room)
      throws GeneralSecurityException {
    byte[] output = canaries(room);
    int length = cipher.doFinal(input, 0, input.length, output, MARGIN);
    return between(output, room, length);
  }

  private static byte[] overlapping(Cipher cipher, byte[] input, int room, int shift)
      throws GeneralSecurityException {
    byte[] array = canaries(Math.max(input.length, room));
    int inputAt = MARGIN - shift;
    System.arraycopy(input, 0, array, inputAt, input.length);
    int length = cipher.doFinal(array, inputAt, input.length, array, MARGIN);
    return Arrays.copyOfRange(array, MARGIN, MARGIN + length);
  }

  private static byte[] shortBufferFirst(Cipher cipher, byte[] input, int room)
      throws GeneralSecurityException {
    if (room > 0) {
      try {
        int length = cipher.doFinal(input, 0, input.length, new byte[room - 1], 0);
        throw new AssertionError(length + " bytes were put into a buffer of " + (room - 1));
      } catch (ShortBufferException e) {
        // as it should be; the state is kept
      }
    }
    return intoArray(cipher, input, room);
  }

  private static byte[] split(Cipher cipher, byte[] input, int at) throws GeneralSecurityException {
    byte[] head = cipher.update(input, 0, at);
    byte[] tail = cipher.doFinal(input, at, input.length - at);
    return join(List.of(head == null ? new byte[0] : head, tail));
  }

  private static byte[] splitIntoArray(Cipher cipher, byte[] input, int room, int at)
      throws GeneralSecurityException {
    byte[] output = canaries(room);
    int head = cipher.update(input, 0, at, output, MARGIN);
    int tail = cipher.doFinal(input, at, input.length - at, output, MARGIN + head);
    return between(output, room, head + tail);
  }

  private static byte[] splitBuffers(Cipher cipher, byte[] input, int room, int at)
      throws GeneralSecurityException {
    ByteBuffer in = ByteBuffer.wrap(input);
    ByteBuffer output = ByteBuffer.allocate(room);
    cipher.update(in.limit(at), output);
    cipher.doFinal(in.limit(input.length), output);
    return Buffers.taken(output);
  }

  private static byte[] updates(Cipher cipher, byte[] input, int step)
      throws GeneralSecurityException {
    List<byte[]> parts = new ArrayList<>();
    for (int at = 0; at < input.length; at += step) {
      byte[] part = cipher.update(input, at, Math.min(step, input.length - at));
      parts.add(part == null ? new byte[0] : part);
    }
    parts.add(cipher.doFinal());
    return join(parts);
  }

  private static byte[] buffers(Cipher cipher, ByteBuffer input, ByteBuffer output)
      throws GeneralSecurityException {
    int length = cipher.doFinal(input, output);
    if (input.hasRemaining() || length != output.position()) {
      throw new AssertionError("the positions of the buffers are wrong");
    }
    return Buffers.taken(output);
  }

  private static byte[] buffersInPlace(Cipher cipher, byte[] input, int room)
      throws GeneralSecurityException {
    ByteBuffer both = ByteBuffer.allocate(Math.max(input.length, room)).put(input).flip();
    return buffers(cipher, both.duplicate(), both.duplicate().limit(room));
  }

  private static byte[] canaries(int room) {
    byte[] array = new byte[room + 2 * MARGIN];
    Arrays.fill(array, CANARY);
    return array;
  }

  /** What was written between the canaries, which must be alive. */
  private static byte[] between(byte[] array, int room, int length) {
    for (int i = 0; i < MARGIN; i++) {
      if (array[i] != CANARY || array[MARGIN + room + i] != CANARY) {
        throw new AssertionError("bytes outside the room for the result have changed");
      }
    }
    return Arrays.copyOfRange(array, MARGIN, MARGIN + length);
  }

  private static byte[] join(List<byte[]> parts) {
    int length = parts.stream().mapToInt(part -> part.length).sum();
    ByteBuffer all = ByteBuffer.allocate(length);
    parts.forEach(all::put);
    return all.array();
  }
}
