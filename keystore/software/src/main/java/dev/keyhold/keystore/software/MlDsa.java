package dev.keyhold.keystore.software;

import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.keystore.encoding.Der;
import dev.keyhold.keystore.encoding.DerReader;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * ML-DSA (FIPS 204) by the JDK where it has it, else by Bouncy Castle, which is loaded then and
 * never installed. A private key is kept as its seed (RFC 9881, section 6), from which either
 * engine makes the same key. Stateless.
 */
final class MlDsa {
  private static final SeedEncoding ENCODING =
      new SeedEncoding(List.of("ML-DSA-44", "ML-DSA-65", "ML-DSA-87"), 3, 17, 32);

  /** Length of a seed, in bytes. */
  static final int SEED_LENGTH = ENCODING.seedLength();

  /** What JCA reports the algorithm of such keys as, in both engines. */
  static final String FAMILY = "ML-DSA";

  private MlDsa() {}

  /** Loaded at the first use, and only then. */
  private static final class BouncyCastle {
    static final Provider PROVIDER = new BouncyCastleProvider();
  }

  static boolean isMlDsa(String algorithm) {
    return algorithm.startsWith(FAMILY);
  }

  static Provider engine() throws GeneralSecurityException {
    return JdkEngines.has("KeyPairGenerator", FAMILY)
        ? JdkEngines.of("KeyPairGenerator", FAMILY)
        : bouncyCastle();
  }

  static Provider bouncyCastle() {
    return BouncyCastle.PROVIDER;
  }

  /** The PKCS#8 of a seed. */
  static byte[] encode(String algorithm, byte[] seed) {
    return ENCODING.encode(algorithm, seed);
  }

  /** The seed in a PKCS#8; the caller zeroes it. */
  static byte[] seed(String algorithm, byte[] pkcs8) throws GeneralSecurityException {
    return ENCODING.seed(algorithm, pkcs8, seed -> expanded(algorithm, seed));
  }

  /** The key pair of a seed. */
  static KeyPair pair(String algorithm, byte[] seed, Provider engine)
      throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm, engine);
    generator.initialize(new NamedParameterSpec(algorithm), new FixedRandom(seed));
    return generator.generateKeyPair();
  }

  static byte[] sign(PrivateKey key, byte[] message, Provider engine)
      throws GeneralSecurityException {
    Signature signature = Signature.getInstance(FAMILY, engine);
    signature.initSign(key, LocalRandom.get());
    signature.update(message);
    return signature.sign();
  }

  /** The expanded key as Bouncy Castle encodes it: beside the seed. */
  private static byte[] expanded(String algorithm, byte[] seed) throws GeneralSecurityException {
    byte[] encoded = pair(algorithm, seed, bouncyCastle()).getPrivate().getEncoded();
    DerReader info = DerReader.of(encoded).enter(Der.SEQUENCE);
    info.take(Der.INTEGER);
    info.take(Der.SEQUENCE);
    DerReader both = DerReader.of(info.take(Der.OCTET_STRING)).enter(Der.SEQUENCE);
    both.take(Der.OCTET_STRING);
    Arrays.fill(encoded, (byte) 0);
    return both.take(Der.OCTET_STRING);
  }
}
