package dev.keyhold.keystore.pkcs11.token;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A PIN as the token takes it: in UTF-8 (PKCS #11 v2.40, section 5.6). SunPKCS11 passes on the low
 * byte of each character.
 */
final class PinBytes {
  private static final int MOST_BYTES_PER_CHAR = 3;

  private PinBytes() {}

  /**
   * Returns a PIN with one character for each byte of its UTF-8 encoding; fails with MISCONFIGURED
   * if it is no text.
   *
   * @return a fresh array; the caller zeroes it
   */
  static char[] of(char[] pin) throws BackendException {
    ByteBuffer utf8 = ByteBuffer.allocate(MOST_BYTES_PER_CHAR * pin.length);
    try {
      var encoder = StandardCharsets.UTF_8.newEncoder();
      var result = encoder.encode(CharBuffer.wrap(pin), utf8, true);
      if (result.isError()) {
        result.throwException();
      }
      utf8.flip();
      char[] characters = new char[utf8.remaining()];
      for (int i = 0; i < characters.length; i++) {
        characters[i] = (char) (utf8.get(i) & 0xff);
      }
      return characters;
    } catch (CharacterCodingException e) {
      throw new BackendException(
          Reason.MISCONFIGURED, "the PIN holds half of a surrogate pair: it is no text", e);
    } finally {
      Arrays.fill(utf8.array(), (byte) 0);
    }
  }
}
