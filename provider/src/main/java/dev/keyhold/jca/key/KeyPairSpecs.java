package dev.keyhold.jca.key;

import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.encoding.AlgorithmTable;
import dev.keyhold.keystore.encoding.Der;
import dev.keyhold.keystore.encoding.DerReader;
import dev.keyhold.keystore.encoding.KeyPairKind;
import dev.keyhold.keystore.encoding.NistCurves;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;
import java.security.interfaces.XECKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Determines the kind of key pair that the JCA's own parameters and keys describe. */
public final class KeyPairSpecs {
  private KeyPairSpecs() {}

  /** Returns what a generator makes unless it is told more. */
  public static KeySpec standard(String generator) {
    return AlgorithmTable.standard(generator).spec();
  }

  /** Returns what a key of this kind is for unless something else is said. */
  public static Set<Purpose> purposes(KeySpec spec) {
    return Set.of(spec.usualPurpose());
  }

  /**
   * Returns the kind of a size.
   *
   * @throws InvalidAlgorithmParameterException if no backend could have it
   */
  public static KeySpec ofSize(String generator, int bits)
      throws InvalidAlgorithmParameterException {
    KeySpec standard = standard(generator);
    boolean known =
        switch (generator) {
          case "RSA" -> bits >= 2048 && bits <= 16384 && bits % 8 == 0;
          case "EC" -> AlgorithmTable.sizes("EC").contains(bits);
          default -> bits == 255 || bits == standard.bits();
        };
    if (!known) {
      throw new InvalidAlgorithmParameterException(
          "there are no keys of %s with %s bits".formatted(generator, bits));
    }
    boolean sized = generator.equals("RSA") || generator.equals("EC");
    return sized ? new KeySpec(generator, bits) : standard;
  }

  /** Returns the kind that parameters of the JDK's generators name. */
  public static KeySpec ofParameters(String generator, AlgorithmParameterSpec parameters)
      throws InvalidAlgorithmParameterException {
    if (generator.equals("RSA") && parameters instanceof RSAKeyGenParameterSpec rsa) {
      if (!rsa.getPublicExponent().equals(RSAKeyGenParameterSpec.F4)) {
        throw new InvalidAlgorithmParameterException("the public exponent of an RSA key is 65537");
      }
      return ofSize(generator, rsa.getKeysize());
    }
    // ECGenParameterSpec is a subclass; keytool -groupname passes the class itself
    if (generator.equals("EC") && parameters instanceof NamedParameterSpec named) {
      return KeySpec.ec(bits(named.getName()));
    }
    if (generator.equals("EC") && parameters instanceof ECParameterSpec curve) {
      return ofCurve(curve)
          .orElseThrow(() -> new InvalidAlgorithmParameterException("not a curve of NIST"));
    }
    if (parameters instanceof NamedParameterSpec named) {
      KeySpec standard = standard(generator);
      String name = named.getName();
      if (name.equalsIgnoreCase(standard.algorithm())) {
        return standard;
      }
      Optional<KeyPairKind> ofFamily =
          AlgorithmTable.parameterSet(name).filter(kind -> kind.family().equals(generator));
      if (ofFamily.isPresent()) {
        return ofFamily.get().spec();
      }
      throw new InvalidAlgorithmParameterException(
          "Keyhold has no keys of %s with %s".formatted(generator, name));
    }
    throw new InvalidAlgorithmParameterException(
        "these parameters are not for keys of " + generator + "; a KeyholdGenParameterSpec is");
  }

  private static int bits(String curve) throws InvalidAlgorithmParameterException {
    Optional<KeyPairKind> kind = AlgorithmTable.curve(curve);
    if (kind.isEmpty()) {
      List<String> names =
          AlgorithmTable.ofFamily("EC").stream().map(known -> known.curveNames().get(0)).toList();
      throw new InvalidAlgorithmParameterException(
          "Keyhold has the curves %s, not %s".formatted(String.join(", ", names), curve));
    }
    return kind.get().bits();
  }

  private static Optional<KeySpec> ofCurve(ECParameterSpec curve) {
    return NistCurves.bitsOf(curve).map(KeySpec::ec);
  }

  /** Returns the kind of a key that was made elsewhere; empty if Keyhold has no such kind. */
  public static Optional<KeySpec> of(Key key) {
    if (key instanceof RSAKey rsa) {
      return Optional.of(KeySpec.rsa(rsa.getModulus().bitLength()));
    } else if (key instanceof ECKey ec) {
      return ofCurve(ec.getParams());
    } else if (key instanceof EdECKey ed) {
      return ofName(ed.getParams().getName());
    } else if (key instanceof XECKey xec) {
      return xec.getParams() instanceof NamedParameterSpec named
          ? ofName(named.getName())
          : Optional.empty();
    }
    byte[] encoded = key.getEncoded();
    if (encoded == null) {
      return Optional.empty();
    }
    try {
      return ofEncoding(encoded);
    } finally {
      WrappedKeys.erase(key, encoded);
    }
  }

  private static Optional<KeySpec> ofName(String parameterSet) {
    return AlgorithmTable.parameterSet(parameterSet).map(KeyPairKind::spec);
  }

  /**
   * Returns the kind of an ML-DSA or ML-KEM key, by the identifier in PKCS#8: the JDK before 24 has
   * no class for them.
   */
  private static Optional<KeySpec> ofEncoding(byte[] pkcs8) {
    try {
      DerReader info = DerReader.of(pkcs8).enter(Der.SEQUENCE);
      info.take(Der.INTEGER);
      byte[] oid = info.enter(Der.SEQUENCE).take(Der.OID);
      return AlgorithmTable.KEY_PAIRS.stream()
          .filter(KeyPairKind::isParameterSet)
          .filter(kind -> Arrays.equals(Der.oidContent(kind.oid()), oid))
          .findFirst()
          .map(KeyPairKind::spec);
    } catch (InvalidKeyException e) {
      return Optional.empty();
    }
  }
}
