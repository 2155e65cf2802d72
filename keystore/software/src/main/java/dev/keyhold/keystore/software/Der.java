package dev.keyhold.keystore.software;

import java.security.InvalidKeyException;
import java.util.Arrays;

/** Reads DER, one element after the other. For one thread. */
final class Der {
  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int OID = 0x06;
  static final int SEQUENCE = 0x30;
  static final int CONTEXT_0 = 0x80;
  static final int CONSTRUCTED_0 = 0xA0;
  static final int CONSTRUCTED_1 = 0xA1;

  private final byte[] bytes;
  private final int end;
  private int at;

  private Der(byte[] bytes, int at, int end) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  static Der of(byte[] bytes) {
    return new Der(bytes, 0, bytes.length);
  }

  boolean isAtEnd() {
    return at == end;
  }

  boolean isNext(int tag) {
    return at < end && (bytes[at] & 0xFF) == tag;
  }

  /** The inside of the next element, which must be of this kind. */
  Der enter(int tag) throws InvalidKeyException {
    if (!isNext(tag)) {
      throw malformed();
    }
    at++;
    int length = length();
    if (length > end - at) {
      throw malformed();
    }
    at += length;
    return new Der(bytes, at - length, at);
  }

  /** The content of the next element, which must be of this kind. */
  byte[] take(int tag) throws InvalidKeyException {
    Der inside = enter(tag);
    return Arrays.copyOfRange(bytes, inside.at, inside.end);
  }

  private int length() throws InvalidKeyException {
    int first = next();
    if (first < 0x80) {
      return first;
    }
    int size = first & 0x7F;
    if (size < 1 || size > 3) {
      throw malformed();
    }
    int length = 0;
    for (int i = 0; i < size; i++) {
      length = length << 8 | next();
    }
    return length;
  }

  private int next() throws InvalidKeyException {
    if (at == end) {
      throw malformed();
    }
    return bytes[at++] & 0xFF;
  }

  private static InvalidKeyException malformed() {
    return new InvalidKeyException("it is no PKCS#8 DER");
  }
}
