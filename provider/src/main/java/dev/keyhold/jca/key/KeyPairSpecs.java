package dev.keyhold.jca.key;

import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.encoding.Der;
import dev.keyhold.keystore.encoding.DerReader;
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
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which kind of key pair the JCA's own parameters and keys speak of. */
public final class KeyPairSpecs {
  private static final int DEFAULT_RSA = 3072;
  private static final int DEFAULT_EC = 256;

  /** RFC 9881, section 2. */
  private static final Map<KeySpec, byte[]> PARAMETER_SET_OIDS =
      Map.of(
          KeySpec.mlDsa(44), Der.oidContent("2.16.840.1.101.3.4.3.17"),
          KeySpec.mlDsa(65), Der.oidContent("2.16.840.1.101.3.4.3.18"),
          KeySpec.mlDsa(87), Der.oidContent("2.16.840.1.101.3.4.3.19"),
          KeySpec.mlKem(512), Der.oidContent("2.16.840.1.101.3.4.4.1"),
          KeySpec.mlKem(768), Der.oidContent("2.16.840.1.101.3.4.4.2"),
          KeySpec.mlKem(1024), Der.oidContent("2.16.840.1.101.3.4.4.3"));

  private KeyPairSpecs() {}

  /** Returns what a generator makes unless it is told more. */
  public static KeySpec standard(String generator) {
    return switch (generator) {
      case "RSA" -> KeySpec.rsa(DEFAULT_RSA);
      case "EC" -> KeySpec.ec(DEFAULT_EC);
      case "EdDSA", "Ed25519" -> KeySpec.ED25519;
      case "XDH", "X25519" -> KeySpec.X25519;
      case "ML-DSA" -> KeySpec.mlDsa(65);
      case "ML-KEM" -> KeySpec.mlKem(768);
      default -> ofParameterSet(generator).orElseThrow();
    };
  }

  /** Returns the kind of a parameter set of ML-DSA or ML-KEM; empty for any other name. */
  private static Optional<KeySpec> ofParameterSet(String name) {
    return PARAMETER_SET_OIDS.keySet().stream()
        .filter(spec -> spec.algorithm().equalsIgnoreCase(name))
        .findFirst();
  }

  /** Returns what a key of this kind is for unless something else is said. */
  public static Set<Purpose> purposes(KeySpec spec) {
    if (spec.algorithm().startsWith("ML-KEM")) {
      return Set.of(Purpose.DECAPSULATE);
    }
    return Set.of(spec.equals(KeySpec.X25519) ? Purpose.AGREE : Purpose.SIGN);
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
          case "EC" -> bits == 256 || bits == 384 || bits == 521;
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
    // an ECGenParameterSpec is one; keytool -groupname passes a bare one
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
      Optional<KeySpec> ofFamily =
          ofParameterSet(name).filter(spec -> spec.algorithm().startsWith(generator + "-"));
      if (ofFamily.isPresent()) {
        return ofFamily.get();
      }
      throw new InvalidAlgorithmParameterException(
          "Keyhold has no keys of %s with %s".formatted(generator, name));
    }
    throw new InvalidAlgorithmParameterException(
        "these parameters are not for keys of " + generator + "; a KeyholdGenParameterSpec is");
  }

  private static int bits(String curve) throws InvalidAlgorithmParameterException {
    return switch (curve.toLowerCase(Locale.ROOT)) {
      case "secp256r1",
          "p-256",
          "nist p-256",
          "prime256v1",
          "x9.62 prime256v1",
          "1.2.840.10045.3.1.7" ->
          256;
      case "secp384r1", "p-384", "nist p-384", "1.3.132.0.34" -> 384;
      case "secp521r1", "p-521", "nist p-521", "1.3.132.0.35" -> 521;
      default ->
          throw new InvalidAlgorithmParameterException(
              "Keyhold has the curves secp256r1, secp384r1 and secp521r1, not " + curve);
    };
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
      return ed.getParams().getName().equalsIgnoreCase("Ed25519")
          ? Optional.of(KeySpec.ED25519)
          : Optional.empty();
    } else if (key instanceof XECKey xec) {
      return xec.getParams() instanceof NamedParameterSpec named
              && named.getName().equalsIgnoreCase("X25519")
          ? Optional.of(KeySpec.X25519)
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

  /** ML-DSA and ML-KEM by the identifier in PKCS#8: the JDK before 24 has no class for them. */
  private static Optional<KeySpec> ofEncoding(byte[] pkcs8) {
    try {
      DerReader info = DerReader.of(pkcs8).enter(Der.SEQUENCE);
      info.take(Der.INTEGER);
      byte[] oid = info.enter(Der.SEQUENCE).take(Der.OID);
      return PARAMETER_SET_OIDS.entrySet().stream()
          .filter(known -> Arrays.equals(known.getValue(), oid))
          .map(Map.Entry::getKey)
          .findFirst();
    } catch (InvalidKeyException e) {
      return Optional.empty();
    }
  }
}
