package dev.keyhold.keystore.software.engine;

import dev.keyhold.keystore.encoding.AlgorithmTable;
import dev.keyhold.keystore.encoding.Der;
import dev.keyhold.keystore.encoding.DerReader;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Private keys of FIPS 203 and 204 as the PKCS#8 of their seed (RFC 9935, RFC 9881), from which
 * every engine makes the same key. Immutable, thread-safe.
 */
final class SeedEncoding {
  /** The size of the encoding around OID and seed, in bytes. */
  private static final int FRAME = 0x14;

  private final int seedLength;

  /**
   * Creates the encoding of a family.
   *
   * @param family {@code ML-DSA} or {@code ML-KEM}
   */
  SeedEncoding(String family) {
    this.seedLength = AlgorithmTable.standard(family).seedBytes();
  }

  /** Expands a seed to the key, in the form that it has in an encoding with both. */
  @FunctionalInterface
  interface Expansion {
    byte[] of(byte[] seed) throws GeneralSecurityException;
  }

  int seedLength() {
    return seedLength;
  }

  /** Returns the object identifier of a parameter set, dotted. */
  static String oid(String parameterSet) {
    return AlgorithmTable.parameterSet(parameterSet).orElseThrow().oid();
  }

  /**
   * Returns the PKCS#8 of a seed. One array of the exact size: no copies of the seed are left
   * behind.
   */
  byte[] encode(String parameterSet, byte[] seed) {
    return ByteBuffer.allocate(2 + FRAME + seedLength)
        .put((byte) Der.SEQUENCE)
        .put((byte) (FRAME + seedLength))
        .put(HexFormat.of().parseHex("020100" + "300b"))
        .put(Der.oid(oid(parameterSet)))
        .put((byte) Der.OCTET_STRING)
        .put((byte) (2 + seedLength))
        .put((byte) DerReader.CONTEXT_0)
        .put((byte) seedLength)
        .put(seed)
        .array();
  }

  /**
   * Returns the seed in a PKCS#8: of the form that {@link #encode} makes, or of the one with both
   * seed and expanded key, whose expanded key must belong to the seed. The caller zeroes it.
   */
  byte[] seed(String parameterSet, byte[] pkcs8, Expansion expansion)
      throws GeneralSecurityException {
    DerReader info = DerReader.of(pkcs8).enter(Der.SEQUENCE);
    byte[] version = info.take(Der.INTEGER);
    DerReader algorithm = info.enter(Der.SEQUENCE);
    byte[] oid = algorithm.take(Der.OID);
    if (version.length != 1
        || !algorithm.isAtEnd()
        || !Arrays.equals(oid, Der.oidContent(oid(parameterSet)))) {
      throw new InvalidKeyException("it is no private key of " + parameterSet);
    }
    byte[] key = info.take(Der.OCTET_STRING);
    try {
      DerReader choice = DerReader.of(key);
      if (choice.isNext(DerReader.CONTEXT_0)) {
        return checked(choice.take(DerReader.CONTEXT_0));
      }
      if (!choice.isNext(Der.SEQUENCE)) {
        throw new InvalidKeyException(
            "it has the expanded key alone: bring it in as its seed (RFC 9881, RFC 9935), or with"
                + " both");
      }
      DerReader both = choice.enter(Der.SEQUENCE);
      byte[] seed = checked(both.take(Der.OCTET_STRING));
      byte[] expanded = both.take(Der.OCTET_STRING);
      byte[] found = expansion.of(seed);
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

  private byte[] checked(byte[] seed) throws InvalidKeyException {
    if (seed.length != seedLength) {
      throw new InvalidKeyException("its seed has " + seed.length + " bytes, not " + seedLength);
    }
    return seed;
  }
}
