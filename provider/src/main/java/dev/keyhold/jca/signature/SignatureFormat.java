package dev.keyhold.jca.signature;

import dev.keyhold.jca.key.SignatureName;
import dev.keyhold.keystore.SignatureAlgorithm.Scheme;
import dev.keyhold.keystore.encoding.Der;
import dev.keyhold.keystore.encoding.DerReader;
import java.math.BigInteger;
import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.util.Arrays;

/**
 * The one encoding that a signature may have. The engines of some JDKs accept others: BER, missing
 * zeros, numbers of odd length, bytes after Ed25519 signatures. These are refused, for applications
 * that take signatures for unique or parse them.
 */
final class SignatureFormat {
  private static final int ED25519_SIZE = 64;

  private SignatureFormat() {}

  /** Returns whether a signature has the form that an algorithm's signatures have. */
  static boolean isOf(SignatureName name, PublicKey key, byte[] signature) {
    if (key instanceof EdECKey ed && ed.getParams().getName().equals("Ed25519")) {
      return signature.length == ED25519_SIZE;
    }
    if (name.scheme() != Scheme.ECDSA || !(key instanceof ECKey ec)) {
      return true;
    }
    int size = (ec.getParams().getOrder().bitLength() + 7) / 8;
    return name.p1363() ? signature.length == 2 * size : isDer(signature, size);
  }

  /** Returns a sequence of two positive numbers (RFC 3279, section 2.2.3), in DER (X.690). */
  private static boolean isDer(byte[] signature, int size) {
    try {
      byte[] numbers = p1363(signature, size);
      byte[] again =
          Der.sequence(
              Der.integer(new BigInteger(1, Arrays.copyOf(numbers, size))),
              Der.integer(new BigInteger(1, Arrays.copyOfRange(numbers, size, 2 * size))));
      return Arrays.equals(signature, again);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * Returns both numbers of an ECDSA signature, side by side (IEEE P1363).
   *
   * @param signature as a sequence of two numbers (RFC 3279, section 2.2.3)
   * @param size of each number in bytes
   * @throws IllegalArgumentException if it is no sequence of two numbers of that size
   */
  static byte[] p1363(byte[] signature, int size) {
    byte[] result = new byte[2 * size];
    try {
      DerReader numbers = DerReader.of(signature).enter(Der.SEQUENCE);
      for (int i = 1; i <= 2; i++) {
        byte[] bytes = new BigInteger(1, numbers.take(Der.INTEGER)).toByteArray();
        int start = bytes[0] == 0 ? 1 : 0;
        int count = bytes.length - start;
        System.arraycopy(bytes, start, result, i * size - count, count);
      }
      return result;
    } catch (InvalidKeyException | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("a signature that is no pair of numbers", e);
    }
  }
}
