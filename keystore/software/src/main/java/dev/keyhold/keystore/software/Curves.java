package dev.keyhold.keystore.software;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;

/** The curves of NIST that keys may be on. Stateless. */
final class Curves {
  private static final BigInteger THREE = BigInteger.valueOf(3);

  private Curves() {}

  /** The JDK's name of a curve. */
  static String name(int bits) {
    return "secp" + bits + "r1";
  }

  static ECParameterSpec parameters(int bits) throws GeneralSecurityException {
    AlgorithmParameters parameters =
        AlgorithmParameters.getInstance("EC", JdkEngines.of("AlgorithmParameters", "EC"));
    parameters.init(new ECGenParameterSpec(name(bits)));
    return parameters.getParameterSpec(ECParameterSpec.class);
  }

  static boolean same(ECParameterSpec a, ECParameterSpec b) {
    return a.getCurve().getField().equals(b.getCurve().getField())
        && a.getCurve().getA().equals(b.getCurve().getA())
        && a.getCurve().getB().equals(b.getCurve().getB())
        && a.getGenerator().equals(b.getGenerator())
        && a.getOrder().equals(b.getOrder())
        && a.getCofactor() == b.getCofactor();
  }

  /** Whether a point is on a curve, and not the one at infinity. */
  static boolean isOn(ECParameterSpec curve, ECPoint point) {
    BigInteger p = prime(curve);
    return !point.equals(ECPoint.POINT_INFINITY)
        && point.getAffineX().signum() >= 0
        && point.getAffineX().compareTo(p) < 0
        && point.getAffineY().signum() >= 0
        && point.getAffineY().compareTo(p) < 0
        && point
            .getAffineY()
            .modPow(BigInteger.TWO, p)
            .equals(squareOfY(curve, point.getAffineX()));
  }

  /** One of the two points with this x; the other has the negative y. */
  static ECPoint lift(ECParameterSpec curve, BigInteger x) {
    BigInteger p = prime(curve); // 3 modulo 4 for each of these curves
    BigInteger y = squareOfY(curve, x).modPow(p.add(BigInteger.ONE).shiftRight(2), p);
    return new ECPoint(x, y);
  }

  static ECPoint negate(ECParameterSpec curve, ECPoint point) {
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
}
