package dev.keyhold.conformance.wycheproof;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Mac;

/** A way to compute a MAC. Whatever the way, the result must be the same. */
record MacPattern(String name, Compute compute) {
  private static final byte[] OTHER = {1, 2, 3};

  /** The calls. */
  @FunctionalInterface
  interface Compute {
    /** Hands over all of the message; the whole MAC. */
    byte[] compute(Mac mac, byte[] message) throws GeneralSecurityException;
  }

  /** All of them, for a message of this length. */
  static List<MacPattern> all(int length) {
    List<MacPattern> all = new ArrayList<>();
    all.add(new MacPattern("doFinal", Mac::doFinal));
    all.add(new MacPattern("update, doFinal", MacPattern::update));
    all.add(new MacPattern("update byte by byte", MacPattern::byteByByte));
    all.add(new MacPattern("doFinal into an array", MacPattern::intoArray));
    for (int at : new int[] {0, 1, length / 2, 63, 64, 65, length - 1, length}) {
      if (at >= 0 && at <= length) {
        all.add(new MacPattern("update to " + at + ", doFinal", (m, in) -> split(m, in, at)));
      }
    }
    all.add(new MacPattern("buffer", (m, in) -> buffer(m, ByteBuffer.wrap(in))));
    all.add(new MacPattern("direct buffer", (m, in) -> buffer(m, Buffers.direct(in))));
    all.add(
        new MacPattern(
            "read-only slice", (m, in) -> buffer(m, Buffers.slice(in).asReadOnlyBuffer())));
    all.add(new MacPattern("again after doFinal", MacPattern::again));
    all.add(new MacPattern("after reset", MacPattern::afterReset));
    all.add(new MacPattern("clone", MacPattern::cloned));
    return all;
  }

  private static byte[] update(Mac mac, byte[] message) {
    mac.update(message);
    return mac.doFinal();
  }

  private static byte[] byteByByte(Mac mac, byte[] message) {
    for (byte b : message) {
      mac.update(b);
    }
    return mac.doFinal();
  }

  private static byte[] intoArray(Mac mac, byte[] message) throws GeneralSecurityException {
    byte[] output = new byte[mac.getMacLength() + 3];
    mac.update(message);
    mac.doFinal(output, 2);
    if (output[0] != 0 || output[1] != 0 || output[output.length - 1] != 0) {
      throw new AssertionError("bytes outside the room for the MAC have changed");
    }
    return Arrays.copyOfRange(output, 2, output.length - 1);
  }

  private static byte[] split(Mac mac, byte[] message, int at) {
    mac.update(message, 0, at);
    return mac.doFinal(Arrays.copyOfRange(message, at, message.length));
  }

  private static byte[] buffer(Mac mac, ByteBuffer message) {
    mac.update(message);
    if (message.hasRemaining()) {
      throw new AssertionError("update left " + message.remaining() + " bytes in the buffer");
    }
    return mac.doFinal();
  }

  private static byte[] again(Mac mac, byte[] message) {
    mac.doFinal(OTHER);
    return mac.doFinal(message);
  }

  private static byte[] afterReset(Mac mac, byte[] message) {
    mac.update(OTHER);
    mac.reset();
    return mac.doFinal(message);
  }

  /** Clones in the middle of a message; the original goes elsewhere meanwhile. */
  private static byte[] cloned(Mac mac, byte[] message) {
    int middle = message.length / 2;
    mac.update(message, 0, middle);
    Mac clone;
    try {
      clone = (Mac) mac.clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError("the Mac can't be cloned", e);
    }
    mac.doFinal(OTHER);
    clone.update(message, middle, message.length - middle);
    return clone.doFinal();
  }
}
