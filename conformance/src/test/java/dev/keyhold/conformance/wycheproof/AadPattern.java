package dev.keyhold.conformance.wycheproof;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;

/** A way to hand additional authenticated data to a cipher. */
record AadPattern(String name, Feed feed) {
  /** The calls. */
  @FunctionalInterface
  interface Feed {
    /** Hands over all of the data. */
    void feed(Cipher cipher, byte[] aad);
  }

  /** All of them. */
  static final List<AadPattern> ALL =
      List.of(
          new AadPattern("updateAAD", Cipher::updateAAD),
          new AadPattern("updateAAD at an offset", AadPattern::atOffset),
          new AadPattern("updateAAD in two pieces", AadPattern::twoPieces),
          new AadPattern("updateAAD byte by byte", AadPattern::byteByByte),
          new AadPattern("updateAAD by a buffer", (c, aad) -> c.updateAAD(ByteBuffer.wrap(aad))),
          new AadPattern(
              "updateAAD by a direct buffer", (c, aad) -> c.updateAAD(Buffers.direct(aad))),
          new AadPattern(
              "updateAAD by a read-only slice",
              (c, aad) -> c.updateAAD(Buffers.slice(aad).asReadOnlyBuffer())));

  private static void atOffset(Cipher cipher, byte[] aad) {
    byte[] padded = new byte[aad.length + 5];
    System.arraycopy(aad, 0, padded, 3, aad.length);
    cipher.updateAAD(padded, 3, aad.length);
  }

  private static void twoPieces(Cipher cipher, byte[] aad) {
    int middle = aad.length / 2;
    cipher.updateAAD(Arrays.copyOf(aad, middle));
    cipher.updateAAD(aad, middle, aad.length - middle);
  }

  private static void byteByByte(Cipher cipher, byte[] aad) {
    for (int i = 0; i < aad.length; i++) {
      cipher.updateAAD(aad, i, 1);
    }
  }
}
