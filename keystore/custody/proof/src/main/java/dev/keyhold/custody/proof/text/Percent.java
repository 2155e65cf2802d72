package dev.keyhold.custody.proof.text;

import dev.keyhold.custody.proof.ProofException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * The percent-encoding of values (docs/AUDIT.md, section 1.1): unreserved characters of RFC 3986
 * and {@code / : @ = + ,} stand for themselves, other bytes of the UTF-8 form are {@code %XX}.
 */
public final class Percent {
  private static final int MAX_BYTES = 1024;
  private static final String HEX = "0123456789ABCDEF";
  private static final boolean[] PLAIN = new boolean[128];

  static {
    for (char c = 0; c < 128; c++) {
      PLAIN[c] =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "-._~/:@=+,".indexOf(c) >= 0;
    }
  }

  private Percent() {}

  /**
   * Returns the encoded form of a value.
   *
   * @throws ProofException if the value is empty, too long, not valid Unicode, or has a control
   *     character
   */
  public static String encode(String value) {
    if (isPlain(value)) {
      return checkLength(value, value.length());
    }
    ByteBuffer utf8;
    try {
      utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value));
    } catch (CharacterCodingException e) {
      throw new ProofException("statement-syntax", "a value is not valid Unicode", e);
    }
    checkLength(value, utf8.remaining());
    checkControls(value);
    StringBuilder encoded = new StringBuilder(utf8.remaining() * 3);
    while (utf8.hasRemaining()) {
      byte b = utf8.get();
      if (b >= 0 && PLAIN[b]) {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(HEX.charAt((b >> 4) & 15)).append(HEX.charAt(b & 15));
      }
    }
    return encoded.toString();
  }

  /**
   * Returns the value of an encoded form.
   *
   * @throws ProofException if {@link #encode} would not give this form
   */
  public static String decode(String encoded) {
    if (isPlain(encoded)) {
      return checkLength(encoded, encoded.length());
    }
    ByteBuffer bytes = ByteBuffer.allocate(encoded.length());
    for (int i = 0; i < encoded.length(); i++) {
      char c = encoded.charAt(i);
      if (c < 128 && PLAIN[c]) {
        bytes.put((byte) c);
      } else if (c == '%' && i + 2 < encoded.length()) {
        int high = HEX.indexOf(encoded.charAt(i + 1));
        int low = HEX.indexOf(encoded.charAt(i + 2));
        if (high < 0 || low < 0) {
          throw ProofException.syntax("'%' needs two upper-case hexadecimal digits in " + encoded);
        }
        bytes.put((byte) (high << 4 | low));
        i += 2;
      } else {
        throw ProofException.syntax(
            "the character "
                + Display.codePoint(encoded.codePointAt(i))
                + " must be percent-encoded");
      }
    }
    String value;
    try {
      value = StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw new ProofException("statement-syntax", "a value is not UTF-8: " + encoded, e);
    }
    if (!encode(value).equals(encoded)) {
      throw ProofException.syntax("the encoding is not the canonical one: " + encoded);
    }
    return value;
  }

  private static boolean isPlain(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c >= 128 || !PLAIN[c]) {
        return false;
      }
    }
    return true;
  }

  private static String checkLength(String value, int bytes) {
    if (bytes == 0 || bytes > MAX_BYTES) {
      throw ProofException.syntax("a value has 1 to " + MAX_BYTES + " bytes, not " + bytes);
    }
    return value;
  }

  private static void checkControls(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (Character.isISOControl(value.charAt(i))) {
        throw ProofException.syntax(
            "a value has the control character " + Display.codePoint(value.charAt(i)));
      }
    }
  }
}
