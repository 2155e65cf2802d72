package dev.keyhold.keystore.software.engine;

import dev.keyhold.bouncycastle.crypto.CryptoException;
import dev.keyhold.bouncycastle.crypto.params.MLDSAParameters;
import dev.keyhold.bouncycastle.crypto.params.MLDSAPrivateKeyParameters;
import dev.keyhold.bouncycastle.crypto.params.ParametersWithRandom;
import dev.keyhold.bouncycastle.crypto.signers.MLDSASigner;
import dev.keyhold.keystore.encoding.Der;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.NamedParameterSpec;
import java.util.List;

/**
 * ML-DSA (FIPS 204) by the JDK where it has it, else by Keyhold's copy of Bouncy Castle's own
 * classes. A private key is kept as its seed (RFC 9881, section 6), from which either makes the
 * same key. Stateless.
 */
public final class MlDsa {
  private static final SeedEncoding ENCODING = new SeedEncoding("ML-DSA");

  private static final List<MLDSAParameters> PARAMETER_SETS =
      List.of(MLDSAParameters.ml_dsa_44, MLDSAParameters.ml_dsa_65, MLDSAParameters.ml_dsa_87);

  /** Length of a seed, in bytes. */
  public static final int SEED_LENGTH = ENCODING.seedLength();

  /** The algorithm name of such keys in the JCA. */
  static final String FAMILY = "ML-DSA";

  private MlDsa() {}

  /** Bouncy Castle's form of a private key; not for other providers. */
  private static final class BouncyKey implements PrivateKey {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // never serialized
    private final transient MLDSAPrivateKeyParameters parameters;

    BouncyKey(MLDSAPrivateKeyParameters parameters) {
      this.parameters = parameters;
    }

    @Override
    public String getAlgorithm() {
      return FAMILY;
    }

    @Override
    public String getFormat() {
      return null;
    }

    @Override
    public byte[] getEncoded() {
      return null;
    }
  }

  static boolean isMlDsa(String algorithm) {
    return algorithm.startsWith(FAMILY);
  }

  /** Returns whether the JDK has the algorithm. */
  public static boolean isInJdk() {
    return JdkEngines.has("KeyPairGenerator", FAMILY);
  }

  /** Returns the PKCS#8 of a seed. */
  public static byte[] encode(String algorithm, byte[] seed) {
    return ENCODING.encode(algorithm, seed);
  }

  /** Returns the seed in a PKCS#8; the caller zeroes it. */
  static byte[] seed(String algorithm, byte[] pkcs8) throws GeneralSecurityException {
    return ENCODING.seed(
        algorithm,
        pkcs8,
        seed -> {
          MLDSAPrivateKeyParameters key = expanded(algorithm, seed);
          try {
            return key.getEncoded();
          } finally {
            key.destroy();
          }
        });
  }

  /** Returns the private key of a seed, in the engine's own form. */
  public static PrivateKey privateKey(String algorithm, byte[] seed, boolean byJdk)
      throws GeneralSecurityException {
    return byJdk
        ? pairByJdk(algorithm, seed).getPrivate()
        : new BouncyKey(expanded(algorithm, seed));
  }

  /** Returns the public key of a seed, as SubjectPublicKeyInfo. */
  public static byte[] publicKey(String algorithm, byte[] seed, boolean byJdk)
      throws GeneralSecurityException {
    if (byJdk) {
      return pairByJdk(algorithm, seed).getPublic().getEncoded();
    }
    MLDSAPrivateKeyParameters key = expanded(algorithm, seed);
    try {
      byte[] oid = Der.sequence(Der.oid(SeedEncoding.oid(algorithm)));
      return Der.sequence(oid, Der.bitString(key.getPublicKeyParameters().getEncoded()));
    } finally {
      key.destroy();
    }
  }

  private static KeyPair pairByJdk(String algorithm, byte[] seed) throws GeneralSecurityException {
    KeyPairGenerator generator =
        KeyPairGenerator.getInstance(algorithm, JdkEngines.of("KeyPairGenerator", algorithm));
    generator.initialize(new NamedParameterSpec(algorithm), new FixedRandom(seed));
    return generator.generateKeyPair();
  }

  /** Signs with a key that {@link #privateKey} gave. */
  public static byte[] sign(PrivateKey key, byte[] message, SecureRandom random)
      throws GeneralSecurityException {
    if (!(key instanceof BouncyKey bouncy)) {
      Signature signature = Signature.getInstance(FAMILY, JdkEngines.of("Signature", FAMILY));
      signature.initSign(key, random);
      signature.update(message);
      return signature.sign();
    }
    MLDSASigner signer = new MLDSASigner();
    signer.init(true, new ParametersWithRandom(bouncy.parameters, random));
    signer.update(message, 0, message.length);
    try {
      return signer.generateSignature();
    } catch (CryptoException e) {
      throw new SignatureException(e);
    }
  }

  private static MLDSAPrivateKeyParameters expanded(String algorithm, byte[] seed) {
    return new MLDSAPrivateKeyParameters(parameters(algorithm), seed.clone()); // which it may zero
  }

  private static MLDSAParameters parameters(String algorithm) {
    return PARAMETER_SETS.stream()
        .filter(set -> set.getName().equalsIgnoreCase(algorithm))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no parameter set " + algorithm));
  }
}
