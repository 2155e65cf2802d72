package dev.keyhold.keystore.software;

import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.keystore.encoding.Der;
import dev.keyhold.keystore.encoding.DerReader;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * ML-DSA (FIPS 204) by the JDK where it has it, else by Bouncy Castle, which is loaded then and
 * never installed. A private key is kept as its seed (RFC 9881, section 6), from which either
 * engine makes the same key. Stateless.
 */
final class MlDsa {
  /** Length of a seed, in bytes. */
  static final int SEED_LENGTH = 32;

  /** PKCS#8 up to the last byte of the OID, which tells the parameter set, and from there on. */
  private static final byte[] BEFORE_OID_END =
      HexFormat.of().parseHex("303402010030" + "0b" + "0609" + "6086480165030403");

  private static final byte[] BEFORE_SEED = HexFormat.of().parseHex("0422" + "8020");

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
    return ByteBuffer.allocate(BEFORE_OID_END.length + 1 + BEFORE_SEED.length + SEED_LENGTH)
        .put(BEFORE_OID_END)
        .put(oidEnd(algorithm))
        .put(BEFORE_SEED)
        .put(seed)
        .array();
  }

  /**
   * The seed in a PKCS#8: of the form that {@link #encode} makes, or of the one with both seed and
   * expanded key, whose expanded key must belong to the seed. The caller zeroes it.
   */
  static byte[] seed(String algorithm, byte[] pkcs8) throws GeneralSecurityException {
    DerReader info = DerReader.of(pkcs8).enter(Der.SEQUENCE);
    byte[] version = info.take(Der.INTEGER);
    DerReader oid = info.enter(Der.SEQUENCE);
    byte[] name = oid.take(Der.OID);
    if (version.length != 1 || !oid.isAtEnd() || name.length != 9 || !isOid(name, algorithm)) {
      throw new InvalidKeyException("it is no private key of " + algorithm);
    }
    byte[] key = info.take(Der.OCTET_STRING);
    try {
      DerReader choice = DerReader.of(key);
      if (choice.isNext(DerReader.CONTEXT_0)) {
        return seedOf(choice.take(DerReader.CONTEXT_0));
      }
      if (!choice.isNext(Der.SEQUENCE)) {
        throw new InvalidKeyException(
            "it has the expanded key alone: bring it in as its seed (RFC 9881), or with both");
      }
      DerReader both = choice.enter(Der.SEQUENCE);
      byte[] seed = seedOf(both.take(Der.OCTET_STRING));
      byte[] expanded = both.take(Der.OCTET_STRING);
      byte[] found = expanded(algorithm, seed);
      boolean same = MessageDigest.isEqual(expanded, found);
      Arrays.fill(expanded, (byte) 0);
      Arrays.fill(found, (byte) 0);
      if (!same) {
        Arrays.fill(seed, (byte) 0);
        throw new InvalidKeyException("its seed and its expanded key do not belong together");
      }
      return seed;
    } finally {
      Arrays.fill(key, (byte) 0);
    }
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

  private static byte[] seedOf(byte[] found) throws InvalidKeyException {
    if (found.length != SEED_LENGTH) {
      throw new InvalidKeyException("its seed has " + found.length + " bytes, not " + SEED_LENGTH);
    }
    return found;
  }

  private static boolean isOid(byte[] name, String algorithm) {
    byte[] start = Arrays.copyOfRange(BEFORE_OID_END, 9, BEFORE_OID_END.length);
    return Arrays.equals(Arrays.copyOf(name, start.length), start)
        && name[start.length] == oidEnd(algorithm);
  }

  /** 2.16.840.1.101.3.4.3.17 to 19. */
  private static byte oidEnd(String algorithm) {
    return (byte)
        switch (algorithm) {
          case "ML-DSA-44" -> 17;
          case "ML-DSA-65" -> 18;
          case "ML-DSA-87" -> 19;
          default -> throw new IllegalArgumentException("no parameter set " + algorithm);
        };
  }
}
