package dev.keyhold.keystore.pkcs11;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.EllipticCurve;
import java.util.List;
import java.util.Optional;

/** The curves of NIST with 256, 384 and 521 bits (SP 800-186). All are over a prime field. */
final class Curves {
  private static final List<ECParameterSpec> ALL =
      List.of(named("secp256r1"), named("secp384r1"), named("secp521r1"));

  private Curves() {}

  /** The curve whose order has this many bits: 256, 384 or 521. */
  static ECParameterSpec of(int bits) {
    return ALL.stream()
        .filter(curve -> curve.getOrder().bitLength() == bits)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no curve of NIST: " + bits));
  }

  /** The bits of a curve's order; empty if it is none of these curves. */
  static Optional<Integer> bitsOf(ECParameterSpec curve) {
    return ALL.stream()
        .filter(known -> isSame(known, curve))
        .map(known -> known.getOrder().bitLength())
        .findFirst();
  }

  static boolean isSame(ECParameterSpec a, ECParameterSpec b) {
    return a.getCurve().getField().equals(b.getCurve().getField())
        && a.getCurve().getA().equals(b.getCurve().getA())
        && a.getCurve().getB().equals(b.getCurve().getB())
        && a.getGenerator().equals(b.getGenerator())
        && a.getOrder().equals(b.getOrder())
        && a.getCofactor() == b.getCofactor();
  }

  /** Whether a point is on a curve, and in its field (NIST SP 800-56A, section 5.6.2.3.3). */
  static boolean isOn(ECPoint point, EllipticCurve curve) {
    if (point.equals(ECPoint.POINT_INFINITY)) {
      return false;
    }
    BigInteger p = primeOf(curve);
    BigInteger x = point.getAffineX();
    BigInteger y = point.getAffineY();
    return isIn(x, p) && isIn(y, p) && y.multiply(y).mod(p).equals(squareOfY(x, curve));
  }

  /** What the square of y is for this x: x^3 + ax + b. */
  static BigInteger squareOfY(BigInteger x, EllipticCurve curve) {
    BigInteger p = primeOf(curve);
    return x.multiply(x).add(curve.getA()).multiply(x).add(curve.getB()).mod(p);
  }

  static BigInteger primeOf(EllipticCurve curve) {
    return ((ECFieldFp) curve.getField()).getP();
  }

  private static boolean isIn(BigInteger number, BigInteger prime) {
    return number.signum() >= 0 && number.compareTo(prime) < 0;
  }

  private static ECParameterSpec named(String name) {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec(name));
      return parameters.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks the curve " + name, e);
    }
  }
}
