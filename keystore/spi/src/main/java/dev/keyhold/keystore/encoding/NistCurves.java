package dev.keyhold.keystore.encoding;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.util.List;
import java.util.Optional;

/** P-256, P-384 and P-521 (NIST SP 800-186, section 3.2.1). Each is over a prime field. */
public final class NistCurves {
  private static final BigInteger THREE = BigInteger.valueOf(3);
  private static final List<ECParameterSpec> ALL =
      AlgorithmTable.ofFamily("EC").stream().map(NistCurves::parameters).toList();

  private NistCurves() {}

  /**
   * Returns the curve whose order has this many bits.
   *
   * @throws IllegalArgumentException if that is not 256, 384 or 521
   */
  public static ECParameterSpec of(int bits) {
    return ALL.stream()
        .filter(curve -> curve.getOrder().bitLength() == bits)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no curve of NIST: " + bits));
  }

  /** Returns the bits of a curve's order; empty if it is none of these curves. */
  public static Optional<Integer> bitsOf(ECParameterSpec curve) {
    return ALL.stream()
        .filter(known -> isSame(known, curve))
        .map(known -> known.getOrder().bitLength())
        .findFirst();
  }

  /** Returns whether two curves are one, with one generator; seeds and classes do not count. */
  public static boolean isSame(ECParameterSpec a, ECParameterSpec b) {
    return a.getCurve().getField().equals(b.getCurve().getField())
        && a.getCurve().getA().equals(b.getCurve().getA())
        && a.getCurve().getB().equals(b.getCurve().getB())
        && a.getGenerator().equals(b.getGenerator())
        && a.getOrder().equals(b.getOrder())
        && a.getCofactor() == b.getCofactor();
  }

  /**
   * Returns whether a point is on a curve, and in its field (NIST SP 800-56A, section 5.6.2.3.3).
   */
  public static boolean isOn(ECParameterSpec curve, ECPoint point) {
    if (point.equals(ECPoint.POINT_INFINITY)) {
      return false;
    }
    BigInteger p = prime(curve);
    BigInteger x = point.getAffineX();
    BigInteger y = point.getAffineY();
    return isIn(x, p) && isIn(y, p) && y.multiply(y).mod(p).equals(squareOfY(curve, x));
  }

  /** Returns one of the two points with this x, which must exist; the other is its negative. */
  public static ECPoint lift(ECParameterSpec curve, BigInteger x) {
    BigInteger p = prime(curve); // 3 modulo 4 for each of these curves: this is a square root
    BigInteger y = squareOfY(curve, x).modPow(p.add(BigInteger.ONE).shiftRight(2), p);
    return new ECPoint(x, y);
  }

  /** Returns the negative of a point. */
  public static ECPoint negate(ECParameterSpec curve, ECPoint point) {
    return new ECPoint(point.getAffineX(), prime(curve).subtract(point.getAffineY()));
  }

  private static BigInteger squareOfY(ECParameterSpec curve, BigInteger x) {
    BigInteger p = prime(curve);
    return x.modPow(THREE, p)
        .add(curve.getCurve().getA().multiply(x))
        .add(curve.getCurve().getB())
        .mod(p);
  }

  private static BigInteger prime(ECParameterSpec curve) {
    return ((ECFieldFp) curve.getCurve().getField()).getP();
  }

  private static boolean isIn(BigInteger number, BigInteger prime) {
    return number.signum() >= 0 && number.compareTo(prime) < 0;
  }

  /** Returns the standard name of the curve whose order has this many bits. */
  public static String name(int bits) {
    return AlgorithmTable.find("EC", bits)
        .orElseThrow(() -> new IllegalArgumentException("no curve of NIST: " + bits))
        .curveNames()
        .get(0);
  }

  private static ECParameterSpec parameters(KeyPairKind kind) {
    String name = kind.curveNames().get(0);
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec(name));
      return parameters.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks the curve " + name, e);
    }
  }
}
