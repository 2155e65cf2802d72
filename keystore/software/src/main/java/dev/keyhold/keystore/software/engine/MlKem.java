package dev.keyhold.keystore.software.engine;

import dev.keyhold.bouncycastle.crypto.kems.MLKEMExtractor;
import dev.keyhold.bouncycastle.crypto.params.MLKEMParameters;
import dev.keyhold.bouncycastle.crypto.params.MLKEMPrivateKeyParameters;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.encoding.Der;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;

/**
 * ML-KEM (FIPS 203) by Keyhold's copy of Bouncy Castle's own classes: the JDK's interface to it is
 * not in every JDK that Keyhold runs on. A private key is kept as its seed, and expanded for each
 * use. Stateless.
 */
public final class MlKem {
  private static final SeedEncoding ENCODING = new SeedEncoding("ML-KEM");

  private static final List<MLKEMParameters> PARAMETER_SETS =
      List.of(MLKEMParameters.ml_kem_512, MLKEMParameters.ml_kem_768, MLKEMParameters.ml_kem_1024);

  /** Length of a seed, in bytes. */
  public static final int SEED_LENGTH = ENCODING.seedLength();

  private MlKem() {}

  static boolean isMlKem(String algorithm) {
    return algorithm.startsWith("ML-KEM");
  }

  /** Returns the PKCS#8 of a seed. */
  public static byte[] encode(String parameterSet, byte[] seed) {
    return ENCODING.encode(parameterSet, seed);
  }

  /** Returns the seed in a PKCS#8; the caller zeroes it. */
  public static byte[] seed(String parameterSet, byte[] pkcs8) throws GeneralSecurityException {
    return ENCODING.seed(
        parameterSet,
        pkcs8,
        seed -> {
          MLKEMPrivateKeyParameters key = expanded(parameterSet, seed);
          try {
            return key.getEncoded();
          } finally {
            key.destroy();
          }
        });
  }

  /** Returns the public key of a seed, as SubjectPublicKeyInfo. */
  static byte[] publicKey(String parameterSet, byte[] seed) {
    MLKEMPrivateKeyParameters key = expanded(parameterSet, seed);
    try {
      byte[] oid = Der.sequence(Der.oid(SeedEncoding.oid(parameterSet)));
      return Der.sequence(oid, Der.bitString(key.getPublicKeyParameters().getEncoded()));
    } finally {
      key.destroy();
    }
  }

  /**
   * Returns the shared secret; of an encapsulation that was changed, another one (FIPS 203, 6.3).
   */
  public static byte[] decapsulate(String parameterSet, byte[] pkcs8, byte[] encapsulation)
      throws BackendException, GeneralSecurityException {
    int length = parameters(parameterSet).getEncapsulationLength();
    if (encapsulation.length != length) {
      throw new BackendException(
          Reason.BAD_CIPHERTEXT,
          "what is encapsulated by %s has %s bytes, not %s"
              .formatted(parameterSet, length, encapsulation.length));
    }
    byte[] seed = seed(parameterSet, pkcs8);
    try {
      MLKEMPrivateKeyParameters key = expanded(parameterSet, seed);
      try {
        return new MLKEMExtractor(key).extractSecret(encapsulation);
      } finally {
        key.destroy();
      }
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  private static MLKEMPrivateKeyParameters expanded(String parameterSet, byte[] seed) {
    return new MLKEMPrivateKeyParameters(parameters(parameterSet), seed.clone());
  }

  private static MLKEMParameters parameters(String parameterSet) {
    return PARAMETER_SETS.stream()
        .filter(set -> set.getName().equalsIgnoreCase(parameterSet))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no parameter set " + parameterSet));
  }
}
