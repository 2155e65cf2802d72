package dev.keyhold.keystore.custodian;

import java.nio.CharBuffer;
import java.util.Arrays;
import java.util.Base64;

/** The one block of a PEM text that is secret: it never becomes a String. Stateless. */
final class PemText {
  private PemText() {}

  /** Returns what stands between two lines; empty if they are not there, or it is no base64. */
  static byte[] decode(char[] text, String begin, String end) {
    int from = indexOf(text, 0, begin);
    int to = from < 0 ? -1 : indexOf(text, from + begin.length(), end);
    if (to < 0) {
      return new byte[0];
    }
    byte[] base64 = new byte[to - from];
    int length = 0;
    for (int i = from + begin.length(); i < to; i++) {
      char c = text[i];
      if (c != '\n' && c != '\r' && c != ' ' && c != '\t') {
        base64[length++] = c < 0x80 ? (byte) c : 0;
      }
    }
    byte[] exact = Arrays.copyOf(base64, length);
    try {
      return Base64.getDecoder().decode(exact);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    } finally {
      Arrays.fill(base64, (byte) 0);
      Arrays.fill(exact, (byte) 0);
    }
  }

  private static int indexOf(char[] text, int from, String sought) {
    for (int i = from; i + sought.length() <= text.length; i++) {
      if (CharBuffer.wrap(text, i, sought.length()).compareTo(CharBuffer.wrap(sought)) == 0) {
        return i;
      }
    }
    return -1;
  }
}
