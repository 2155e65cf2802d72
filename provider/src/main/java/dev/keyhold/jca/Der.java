package dev.keyhold.jca;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** As much of DER (X.690) as signatures and placeholder certificates need. */
final class Der {
  static final byte[] NULL = {5, 0};

  private static final int INTEGER = 2;
  private static final int BIT_STRING = 3;
  private static final int OCTET_STRING = 4;
  private static final int OID = 6;
  private static final int UTF8_STRING = 12;
  private static final int UTC_TIME = 23;
  private static final int GENERALIZED_TIME = 24;
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;

  private Der() {}

  static byte[] sequence(byte[]... parts) {
    return element(SEQUENCE, parts);
  }

  static byte[] set(byte[]... parts) {
    return element(SET, parts);
  }

  static byte[] integer(BigInteger value) {
    return element(INTEGER, value.toByteArray());
  }

  /** A bit string of whole bytes. */
  static byte[] bitString(byte[] bytes) {
    return element(BIT_STRING, new byte[1], bytes);
  }

  static byte[] octetString(byte[] bytes) {
    return element(OCTET_STRING, bytes);
  }

  static byte[] utf8(String text) {
    return element(UTF8_STRING, text.getBytes(StandardCharsets.UTF_8));
  }

  /** A time before 2050, as {@code 200101000000Z}. */
  static byte[] utcTime(String time) {
    return element(UTC_TIME, time.getBytes(StandardCharsets.US_ASCII));
  }

  /** A time as {@code 99991231235959Z}. */
  static byte[] generalizedTime(String time) {
    return element(GENERALIZED_TIME, time.getBytes(StandardCharsets.US_ASCII));
  }

  /** A constructed, context-specific element. */
  static byte[] explicit(int number, byte[] content) {
    return element(0xA0 + number, content);
  }

  static byte[] oid(String dotted) {
    String[] arcs = dotted.split("\\.", -1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(40 * Integer.parseInt(arcs[0]) + Integer.parseInt(arcs[1]));
    for (int i = 2; i < arcs.length; i++) {
      int arc = Integer.parseInt(arcs[i]);
      for (int shift = 28; shift > 0; shift -= 7) {
        if (arc >> shift != 0) {
          out.write(0x80 | ((arc >> shift) & 0x7F));
        }
      }
      out.write(arc & 0x7F);
    }
    return element(OID, out.toByteArray());
  }

  private static byte[] element(int tag, byte[]... parts) {
    int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else {
      byte[] bytes = BigInteger.valueOf(length).toByteArray();
      int start = bytes[0] == 0 ? 1 : 0;
      out.write(0x80 | (bytes.length - start));
      out.write(bytes, start, bytes.length - start);
    }
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /** Whether a PKCS#8 private key is of the algorithm with this identifier. */
  static boolean isAlgorithmOfPkcs8(byte[] pkcs8, byte[] oid) {
    // SEQUENCE { INTEGER 0 or 1, SEQUENCE { OID ...: the identifier stands within the first bytes
    for (int at = 0; at < Math.min(16, pkcs8.length - oid.length); at++) {
      if (Arrays.equals(pkcs8, at, at + oid.length, oid, 0, oid.length)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Both numbers of an ECDSA signature, side by side (IEEE P1363).
   *
   * @param size of each number in bytes
   * @throws IllegalArgumentException if it is no sequence of two numbers of that size
   */
  static byte[] p1363(byte[] signature, int size) {
    try {
      int at = signature[1] < 0 ? 2 + (signature[1] & 0x7F) : 2;
      byte[] result = new byte[2 * size];
      for (int i = 1; i <= 2; i++) {
        if (signature[at] != INTEGER) {
          throw new IllegalArgumentException("a signature that is no pair of numbers");
        }
        int length = signature[at + 1];
        BigInteger number =
            new BigInteger(1, Arrays.copyOfRange(signature, at + 2, at + 2 + length));
        byte[] bytes = number.toByteArray();
        int start = bytes[0] == 0 ? 1 : 0;
        int count = bytes.length - start;
        System.arraycopy(bytes, start, result, i * size - count, count);
        at += 2 + length;
      }
      return result;
    } catch (IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("a signature that is no pair of numbers", e);
    }
  }
}
