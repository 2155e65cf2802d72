package dev.keyhold.jca;

import java.math.BigInteger;
import java.util.Optional;

/** The curves of NIST (SP 800-186, section 3.2.1), known by their orders. */
final class Curves {
  private static final BigInteger P256 =
      new BigInteger("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);
  private static final BigInteger P384 =
      new BigInteger(
          "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
              + "581a0db248b0a77aecec196accc52973",
          16);
  private static final BigInteger P521 =
      new BigInteger(
          "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa"
              + "51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
          16);

  private Curves() {}

  static Optional<BigInteger> order(int bits) {
    return switch (bits) {
      case 256 -> Optional.of(P256);
      case 384 -> Optional.of(P384);
      case 521 -> Optional.of(P521);
      default -> Optional.empty();
    };
  }
}
