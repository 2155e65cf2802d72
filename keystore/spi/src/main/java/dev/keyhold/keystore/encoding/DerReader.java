package dev.keyhold.keystore.encoding;

import java.security.InvalidKeyException;
import java.util.Arrays;

/** Reads the DER (ITU-T X.690) of keys, one element after the other. For one thread. */
public final class DerReader {
  /** The tag of a primitive, context-specific element with number 0. */
  public static final int CONTEXT_0 = 0x80;

  /** The tag of a constructed, context-specific element with number 0. */
  public static final int CONSTRUCTED_0 = 0xA0;

  /** The tag of a constructed, context-specific element with number 1. */
  public static final int CONSTRUCTED_1 = 0xA1;

  private static final int MAX_LENGTH_BYTES = 3;

  private final byte[] bytes;
  private final int end;
  private int at;

  private DerReader(byte[] bytes, int at, int end) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** Creates a reader of these bytes, which are not copied. */
  public static DerReader of(byte[] bytes) {
    return new DerReader(bytes, 0, bytes.length);
  }

  /** Returns whether there is nothing more. */
  public boolean isAtEnd() {
    return at == end;
  }

  /** Returns whether the next element is of this kind. */
  public boolean isNext(int tag) {
    return at < end && (bytes[at] & 0xFF) == tag;
  }

  /**
   * Returns the inside of the next element, which must be of this kind.
   *
   * @throws InvalidKeyException if it is not, or is longer than what is there
   */
  public DerReader enter(int tag) throws InvalidKeyException {
    if (!isNext(tag)) {
      throw malformed();
    }
    at++;
    int length = length();
    if (length > end - at) {
      throw malformed();
    }
    at += length;
    return new DerReader(bytes, at - length, at);
  }

  /**
   * Returns a copy of the content of the next element, which must be of this kind.
   *
   * @throws InvalidKeyException if it is not, or is longer than what is there
   */
  public byte[] take(int tag) throws InvalidKeyException {
    DerReader inside = enter(tag);
    return Arrays.copyOfRange(bytes, inside.at, inside.end);
  }

  private int length() throws InvalidKeyException {
    int first = next();
    if (first < 0x80) {
      return first;
    }
    int size = first & 0x7F;
    if (size < 1 || size > MAX_LENGTH_BYTES) {
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
    return new InvalidKeyException("it is no DER of a key");
  }
}
