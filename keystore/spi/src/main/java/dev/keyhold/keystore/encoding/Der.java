package dev.keyhold.keystore.encoding;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes as much of DER (ITU-T X.690) as signatures and placeholder certificates need. */
public final class Der {
  /** The tag of an INTEGER. */
  public static final int INTEGER = 0x02;

  /** The tag of a BIT STRING. */
  public static final int BIT_STRING = 0x03;

  /** The tag of an OCTET STRING. */
  public static final int OCTET_STRING = 0x04;

  /** The tag of an OBJECT IDENTIFIER. */
  public static final int OID = 0x06;

  /** The tag of a SEQUENCE. */
  public static final int SEQUENCE = 0x30;

  private static final int BOOLEAN = 0x01;
  private static final int NULL = 0x05;
  private static final int UTF8_STRING = 0x0C;
  private static final int PRINTABLE_STRING = 0x13;
  private static final int UTC_TIME = 0x17;
  private static final int GENERALIZED_TIME = 0x18;
  private static final int SET = 0x31;
  private static final int CONTEXT = 0xA0;
  private static final int LONG_FORM = 0x80;

  private Der() {}

  /** Returns a sequence of elements. */
  public static byte[] sequence(byte[]... parts) {
    return element(SEQUENCE, parts);
  }

  /** Returns a set of one element. */
  public static byte[] set(byte[] part) {
    return element(SET, part);
  }

  /** Returns a number. */
  public static byte[] integer(BigInteger value) {
    return element(INTEGER, value.toByteArray());
  }

  /** Returns a bit string of whole bytes. */
  public static byte[] bitString(byte[] bytes) {
    return element(BIT_STRING, new byte[1], bytes);
  }

  /** Returns a bit string of named bits, at most eight: the first is {@code 0x80}. */
  public static byte[] namedBits(int bits) {
    int unused = bits == 0 ? 0 : Integer.numberOfTrailingZeros(bits);
    return bits == 0
        ? element(BIT_STRING, new byte[1])
        : element(BIT_STRING, new byte[] {(byte) unused, (byte) bits});
  }

  /** Returns the boolean TRUE. */
  public static byte[] yes() {
    return element(BOOLEAN, new byte[] {(byte) 0xFF});
  }

  /** Returns a string of bytes. */
  public static byte[] octetString(byte[] bytes) {
    return element(OCTET_STRING, bytes);
  }

  /** Returns NULL, the parameters that an algorithm does not have but must name. */
  public static byte[] nothing() {
    return element(NULL);
  }

  /** Returns a UTF8String. */
  public static byte[] utf8(String text) {
    return element(UTF8_STRING, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns a PrintableString; its characters are not checked. */
  public static byte[] printable(String text) {
    return element(PRINTABLE_STRING, text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Returns a time before 2050, as {@code 200101000000Z}. */
  public static byte[] utcTime(String time) {
    return element(UTC_TIME, time.getBytes(StandardCharsets.US_ASCII));
  }

  /** Returns a time as {@code 99991231235959Z}. */
  public static byte[] generalizedTime(String time) {
    return element(GENERALIZED_TIME, time.getBytes(StandardCharsets.US_ASCII));
  }

  /** Returns a constructed, context-specific element. */
  public static byte[] explicit(int number, byte[] content) {
    return element(CONTEXT + number, content);
  }

  /** Returns an object identifier, such as {@code 2.5.4.3}. */
  public static byte[] oid(String dotted) {
    return element(OID, oidContent(dotted));
  }

  /** Returns what stands in an object identifier behind tag and length. */
  public static byte[] oidContent(String dotted) {
    String[] arcs = dotted.split("\\.", -1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(40 * Integer.parseInt(arcs[0]) + Integer.parseInt(arcs[1]));
    for (int i = 2; i < arcs.length; i++) {
      base128(out, Integer.parseInt(arcs[i]));
    }
    return out.toByteArray();
  }

  private static void base128(ByteArrayOutputStream out, int value) {
    for (int shift = 28; shift > 0; shift -= 7) {
      if (value >>> shift != 0) {
        out.write(0x80 | ((value >>> shift) & 0x7F));
      }
    }
    out.write(value & 0x7F);
  }

  private static byte[] element(int tag, byte[]... parts) {
    int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (length < LONG_FORM) {
      out.write(length);
    } else {
      byte[] bytes = BigInteger.valueOf(length).toByteArray();
      int start = bytes[0] == 0 ? 1 : 0;
      out.write(LONG_FORM | (bytes.length - start));
      out.write(bytes, start, bytes.length - start);
    }
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
