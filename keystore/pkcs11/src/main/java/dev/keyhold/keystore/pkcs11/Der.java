package dev.keyhold.keystore.pkcs11;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** Writes the little of DER (ITU-T X.690) that a placeholder certificate needs. */
final class Der {
  private static final int LONG_FORM = 0x80;

  private Der() {}

  static byte[] sequence(byte[]... parts) {
    return tagged(0x30, parts);
  }

  static byte[] set(byte[] part) {
    return tagged(0x31, part);
  }

  static byte[] integer(BigInteger value) {
    return tagged(0x02, value.toByteArray());
  }

  static byte[] bitString(byte[] bytes) {
    return tagged(0x03, new byte[] {0}, bytes);
  }

  static byte[] nothing() {
    return tagged(0x05);
  }

  static byte[] utf8(String text) {
    return tagged(0x0c, text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] printable(String text) {
    return tagged(0x13, text.getBytes(StandardCharsets.US_ASCII));
  }

  /** A time as {@code yyyyMMddHHmmssZ}. */
  static byte[] generalizedTime(String text) {
    return tagged(0x18, text.getBytes(StandardCharsets.US_ASCII));
  }

  /** A time as {@code yyMMddHHmmssZ}: up to 2049. */
  static byte[] utcTime(String text) {
    return tagged(0x17, text.getBytes(StandardCharsets.US_ASCII));
  }

  /** An object identifier, such as {@code 2.5.4.3}. */
  static byte[] oid(String dotted) {
    String[] arcs = dotted.split("\\.", -1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(40 * Integer.parseInt(arcs[0]) + Integer.parseInt(arcs[1]));
    for (int i = 2; i < arcs.length; i++) {
      base128(out, Integer.parseInt(arcs[i]));
    }
    return tagged(0x06, out.toByteArray());
  }

  private static void base128(ByteArrayOutputStream out, int value) {
    int digits = Math.max(1, (38 - Integer.numberOfLeadingZeros(value)) / 7);
    for (int i = digits - 1; i >= 0; i--) {
      int digit = value >>> (7 * i) & 0x7f;
      out.write(i == 0 ? digit : digit | LONG_FORM);
    }
  }

  private static byte[] tagged(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (length < LONG_FORM) {
      out.write(length);
    } else {
      byte[] bytes = BigInteger.valueOf(length).toByteArray();
      int skip = bytes[0] == 0 ? 1 : 0;
      out.write(LONG_FORM | bytes.length - skip);
      out.write(bytes, skip, bytes.length - skip);
    }
    for (byte[] part : parts) {
      out.write(part, 0, part.length);
    }
    return out.toByteArray();
  }
}
