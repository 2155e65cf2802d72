package dev.keyhold.keystore.pkcs11.pairs;

import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.keystore.SignatureAlgorithm;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/** Encodes what an RSA key signs in the place of a digest (RFC 8017, section 9). */
public final class RsaEncoding {
  /** The digests that are signed. */
  public static final List<String> DIGESTS = List.of("SHA-224", "SHA-256", "SHA-384", "SHA-512");

  private RsaEncoding() {}

  /**
   * Returns the longest salt that a key of this size has room for; negative if it has none at all.
   */
  public static int longestSalt(int modulusBits, int hashLength) {
    return (modulusBits + 6) / 8 - hashLength - 2;
  }

  /**
   * Returns the block that an RSA key signs for RSASSA-PSS (EMSA-PSS, section 9.1.1), as long as
   * the modulus.
   *
   * @param algorithm with a salt that the key has room for
   */
  public static byte[] pss(SignatureAlgorithm algorithm, byte[] hash, int modulusBits)
      throws NoSuchAlgorithmException {
    byte[] salt = LocalRandom.hedged(algorithm.saltLength());
    int blockLength = (modulusBits + 7) / 8;
    int length = (modulusBits + 6) / 8; // shorter by one where the modulus has 8n + 1 bits
    int start = blockLength - length;
    int maskedLength = length - hash.length - 1;

    MessageDigest digest = MessageDigest.getInstance(algorithm.digest());
    digest.update(new byte[8]);
    digest.update(hash);
    byte[] h = digest.digest(salt);

    byte[] block = new byte[blockLength];
    block[start + maskedLength - salt.length - 1] = 1;
    System.arraycopy(salt, 0, block, start + maskedLength - salt.length, salt.length);
    mask(MessageDigest.getInstance(algorithm.mgfDigest()), h, block, start, maskedLength);
    block[start] &= (byte) (0xff >>> (8 * length - (modulusBits - 1)));
    System.arraycopy(h, 0, block, start + maskedLength, h.length);
    block[blockLength - 1] = (byte) 0xbc;
    return block;
  }

  /** MGF1 (section B.2.1), over a part of an array. */
  private static void mask(MessageDigest digest, byte[] seed, byte[] block, int start, int length) {
    int done = 0;
    for (int counter = 0; done < length; counter++) {
      digest.update(seed);
      byte[] mask = digest.digest(new byte[] {0, 0, 0, (byte) counter});
      for (int i = 0; i < mask.length && done < length; i++) {
        block[start + done++] ^= mask[i];
      }
    }
  }
}
