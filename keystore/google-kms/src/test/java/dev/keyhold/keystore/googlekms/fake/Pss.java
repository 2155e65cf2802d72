package dev.keyhold.keystore.googlekms.fake;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.interfaces.RSAPrivateKey;
import java.util.Arrays;

/** RSASSA-PSS (RFC 8017, section 9.1.1) over a digest that is there already. */
final class Pss {
  private Pss() {}

  static byte[] sign(RSAPrivateKey key, String hash, byte[] digest, byte[] salt)
      throws GeneralSecurityException {
    int length = (key.getModulus().bitLength() + 7) / 8;
    MessageDigest sha = MessageDigest.getInstance(hash);
    sha.update(new byte[8]);
    sha.update(digest);
    byte[] h = sha.digest(salt);
    byte[] block = new byte[length - h.length - 1];
    block[block.length - salt.length - 1] = 1;
    System.arraycopy(salt, 0, block, block.length - salt.length, salt.length);
    byte[] mask = mask(sha, h, block.length);
    for (int i = 0; i < block.length; i++) {
      block[i] ^= mask[i];
    }
    block[0] &= 0x7F;
    byte[] encoded = Arrays.copyOf(block, length);
    System.arraycopy(h, 0, encoded, block.length, h.length);
    encoded[length - 1] = (byte) 0xBC;
    byte[] number =
        new BigInteger(1, encoded).modPow(key.getPrivateExponent(), key.getModulus()).toByteArray();
    byte[] signature = new byte[length];
    int skip = Math.max(0, number.length - length);
    System.arraycopy(
        number, skip, signature, length - (number.length - skip), number.length - skip);
    return signature;
  }

  private static byte[] mask(MessageDigest sha, byte[] seed, int length) {
    byte[] mask = new byte[length];
    for (int done = 0, counter = 0; done < length; done += seed.length, counter++) {
      sha.update(seed);
      byte[] part = sha.digest(new byte[] {0, 0, 0, (byte) counter});
      System.arraycopy(part, 0, mask, done, Math.min(part.length, length - done));
    }
    return mask;
  }
}
