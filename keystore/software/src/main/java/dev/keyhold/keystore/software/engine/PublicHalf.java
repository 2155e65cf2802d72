package dev.keyhold.keystore.software.engine;

import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.keystore.encoding.Der;
import dev.keyhold.keystore.encoding.DerReader;
import dev.keyhold.keystore.encoding.NistCurves;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import javax.crypto.KeyAgreement;

/**
 * The public half of a private key from outside, computed by the JDK's engines and compared with
 * what the private key's encoding says of it. Stateless.
 */
final class PublicHalf {
  private static final BigInteger X25519_BASE = BigInteger.valueOf(9);

  private PublicHalf() {}

  /**
   * Returns the public half as a SubjectPublicKeyInfo; fails if the key is of another kind, or its
   * parts disagree.
   */
  static byte[] of(KeySpec spec, PrivateKey key, byte[] pkcs8) throws GeneralSecurityException {
    return switch (spec.algorithm()) {
      case "RSA" -> rsa(spec.bits(), key);
      case "EC" -> ec(spec.bits(), key, pkcs8);
      case "Ed25519" -> ed25519(key);
      case "X25519" ->
          factory("X25519")
              .generatePublic(
                  new XECPublicKeySpec(
                      NamedParameterSpec.X25519,
                      new BigInteger(1, reversed(agreed("X25519", key, x25519(X25519_BASE))))))
              .getEncoded();
      default -> throw new InvalidKeyException("no such key pairs are known here");
    };
  }

  private static byte[] rsa(int bits, PrivateKey key) throws GeneralSecurityException {
    if (!(key instanceof RSAPrivateCrtKey crt)) {
      throw new InvalidKeyException("it lacks its prime factors");
    }
    BigInteger n = crt.getModulus();
    BigInteger p = crt.getPrimeP();
    BigInteger q = crt.getPrimeQ();
    BigInteger p1 = p.subtract(BigInteger.ONE);
    BigInteger q1 = q.subtract(BigInteger.ONE);
    BigInteger e = crt.getPublicExponent();
    if (n.bitLength() != bits) {
      throw new InvalidKeyException("its modulus has " + n.bitLength() + " bits");
    }
    boolean whole =
        p1.signum() > 0
            && q1.signum() > 0
            && p.multiply(q).equals(n)
            && isInverse(e, crt.getPrivateExponent(), p1)
            && isInverse(e, crt.getPrivateExponent(), q1)
            && isInverse(e, crt.getPrimeExponentP(), p1)
            && isInverse(e, crt.getPrimeExponentQ(), q1)
            && isInverse(q, crt.getCrtCoefficient(), p)
            && p.isProbablePrime(100)
            && q.isProbablePrime(100);
    if (!whole) {
      throw new InvalidKeyException("its private and public parts do not belong together");
    }
    return factory("RSA").generatePublic(new RSAPublicKeySpec(n, e)).getEncoded();
  }

  private static boolean isInverse(BigInteger a, BigInteger b, BigInteger modulus) {
    return a.multiply(b).mod(modulus).equals(BigInteger.ONE);
  }

  private static byte[] ec(int bits, PrivateKey key, byte[] pkcs8) throws GeneralSecurityException {
    ECParameterSpec curve = NistCurves.of(bits);
    if (!(key instanceof ECPrivateKey ec) || !NistCurves.isSame(ec.getParams(), curve)) {
      throw new InvalidKeyException("it is on another curve");
    }
    if (ec.getS().signum() <= 0 || ec.getS().compareTo(curve.getOrder()) >= 0) {
      throw new InvalidKeyException("its number is out of bounds");
    }
    // the secret shared with the generator is the x of the public key
    byte[] x = agreed("ECDH", key, point(curve, curve.getGenerator()));
    ECPoint found = NistCurves.lift(curve, new BigInteger(1, x));
    PublicKey half = point(curve, found);
    if (!verifies(key, half)) {
      half = point(curve, NistCurves.negate(curve, found));
      if (!verifies(key, half)) {
        throw new InvalidKeyException("its public half can't be computed");
      }
    }
    requireSame(((ECPublicKey) half).getW(), pkcs8, (bits + 7) / 8);
    return half.getEncoded();
  }

  private static boolean verifies(PrivateKey key, PublicKey half) throws GeneralSecurityException {
    byte[] digest = new byte[32];
    digest[0] = 1; // of zeros, both halves would verify
    Signature signature =
        Signature.getInstance("NONEwithECDSA", JdkEngines.of("Signature", "NONEwithECDSA"));
    signature.initSign(key, LocalRandom.get());
    signature.update(digest);
    byte[] signed = signature.sign();
    signature.initVerify(half);
    signature.update(digest);
    return signature.verify(signed);
  }

  /**
   * Checks that the public key that a PKCS#8 may contain beside the private one (RFC 5915) is this
   * one.
   */
  private static void requireSame(ECPoint half, byte[] pkcs8, int size)
      throws GeneralSecurityException {
    DerReader info = DerReader.of(pkcs8).enter(Der.SEQUENCE);
    info.take(Der.INTEGER);
    info.take(Der.SEQUENCE);
    DerReader key = info.enter(Der.OCTET_STRING).enter(Der.SEQUENCE);
    key.take(Der.INTEGER);
    key.enter(Der.OCTET_STRING);
    if (key.isNext(DerReader.CONSTRUCTED_0)) {
      key.take(DerReader.CONSTRUCTED_0);
    }
    if (key.isNext(DerReader.CONSTRUCTED_1)) {
      byte[] said = key.enter(DerReader.CONSTRUCTED_1).take(Der.BIT_STRING);
      boolean same =
          said.length == 2 + 2 * size
              && said[0] == 0
              && said[1] == 4
              && half.getAffineX().equals(number(said, 2, size))
              && half.getAffineY().equals(number(said, 2 + size, size));
      if (!same) {
        throw new InvalidKeyException("its private and public parts do not belong together");
      }
    }
  }

  private static BigInteger number(byte[] bytes, int from, int length) {
    return new BigInteger(1, Arrays.copyOfRange(bytes, from, from + length));
  }

  private static byte[] ed25519(PrivateKey key) throws GeneralSecurityException {
    byte[] seed =
        key instanceof EdECPrivateKey ed && ed.getParams().getName().equals("Ed25519")
            ? ed.getBytes().orElseThrow(() -> new InvalidKeyException("it is empty"))
            : new byte[0];
    if (seed.length != 32) {
      throw new InvalidKeyException("it is on another curve");
    }
    KeyPairGenerator generator =
        KeyPairGenerator.getInstance("Ed25519", JdkEngines.of("KeyPairGenerator", "Ed25519"));
    generator.initialize(NamedParameterSpec.ED25519, new FixedRandom(seed));
    Arrays.fill(seed, (byte) 0);
    KeyPair pair = generator.generateKeyPair();
    return pair.getPublic().getEncoded();
  }

  private static PublicKey x25519(BigInteger u) throws GeneralSecurityException {
    return factory("X25519").generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, u));
  }

  private static PublicKey point(ECParameterSpec curve, ECPoint point)
      throws GeneralSecurityException {
    return factory("EC").generatePublic(new ECPublicKeySpec(point, curve));
  }

  private static byte[] agreed(String algorithm, PrivateKey key, PublicKey peer)
      throws GeneralSecurityException {
    KeyAgreement agreement =
        KeyAgreement.getInstance(algorithm, JdkEngines.of("KeyAgreement", algorithm));
    agreement.init(key);
    agreement.doPhase(peer, true);
    return agreement.generateSecret();
  }

  private static KeyFactory factory(String algorithm) throws GeneralSecurityException {
    return KeyFactory.getInstance(algorithm, JdkEngines.of("KeyFactory", algorithm));
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] out = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      out[i] = bytes[bytes.length - 1 - i];
    }
    return out;
  }
}
