package dev.keyhold.jca;

import dev.keyhold.keystore.SignatureAlgorithm.Scheme;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.util.Arrays;

/**
 * The one form that a signature may have. Some JDKs' engines accept others for good signatures:
 * BER, missing zeros, numbers of odd length, bytes behind Ed25519 signatures. Whoever takes
 * signatures for unique, or parses them too, is better off without.
 */
final class SignatureFormat {
  private static final int ED25519_SIZE = 64;

  private SignatureFormat() {}

  /** Whether a signature has the form that an algorithm's signatures have. */
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

  /** A sequence of two positive numbers (RFC 3279, section 2.2.3), in DER (X.690). */
  private static boolean isDer(byte[] signature, int size) {
    try {
      byte[] numbers = Der.p1363(signature, size);
      byte[] again =
          Der.sequence(
              Der.integer(new BigInteger(1, Arrays.copyOf(numbers, size))),
              Der.integer(new BigInteger(1, Arrays.copyOfRange(numbers, size, 2 * size))));
      return Arrays.equals(signature, again);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
