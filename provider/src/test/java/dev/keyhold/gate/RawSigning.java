package dev.keyhold.gate;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Cipher;

/** RSA signatures of a digest, which the JDK has no API for. Written apart from Keyhold's own. */
final class RawSigning {
  private static final Map<String, String> PREFIXES =
      Map.of(
          "SHA-224", "302d300d06096086480165030402040500041c",
          "SHA-256", "3031300d060960864801650304020105000420",
          "SHA-384", "3041300d060960864801650304020205000430",
          "SHA-512", "3051300d060960864801650304020305000440",
          "SHA-512/224", "302d300d06096086480165030402050500041c",
          "SHA-512/256", "3031300d060960864801650304020605000420");

  private RawSigning() {}

  static byte[] pkcs1(Signature none, PrivateKey key, String digest, byte[] input)
      throws GeneralSecurityException {
    none.initSign(key);
    none.update(HexFormat.of().parseHex(PREFIXES.getOrDefault(digest, "")));
    none.update(input);
    return none.sign();
  }

  /** EMSA-PSS (RFC 8017, section 9.1.1) and the bare RSA operation. */
  static byte[] pss(PrivateKey key, PublicKey publicKey, PSSParameterSpec spec, byte[] digest)
      throws GeneralSecurityException {
    int bits = ((RSAPublicKey) publicKey).getModulus().bitLength() - 1;
    int length = (bits + 7) / 8;
    byte[] salt = new byte[spec.getSaltLength()];
    new SecureRandom().nextBytes(salt);
    MessageDigest hash = MessageDigest.getInstance(spec.getDigestAlgorithm());
    hash.update(new byte[8]);
    hash.update(digest);
    byte[] h = hash.digest(salt);
    byte[] db = new byte[length - h.length - 1];
    db[db.length - salt.length - 1] = 1;
    System.arraycopy(salt, 0, db, db.length - salt.length, salt.length);
    String mgf = ((MGF1ParameterSpec) spec.getMGFParameters()).getDigestAlgorithm();
    byte[] mask = mgf1(MessageDigest.getInstance(mgf), h, db.length);
    for (int i = 0; i < db.length; i++) {
      db[i] ^= mask[i];
    }
    db[0] &= (byte) (0xFF >> (8 * length - bits));
    ByteArrayOutputStream em = new ByteArrayOutputStream();
    em.writeBytes(db);
    em.writeBytes(h);
    em.write(0xBC);
    Cipher raw = Cipher.getInstance("RSA/ECB/NoPadding", "SunJCE");
    raw.init(Cipher.DECRYPT_MODE, key);
    return raw.doFinal(em.toByteArray());
  }

  private static byte[] mgf1(MessageDigest digest, byte[] seed, int length) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int counter = 0; out.size() < length; counter++) {
      digest.update(seed);
      byte[] number = BigInteger.valueOf(0x1_0000_0000L + counter).toByteArray();
      out.writeBytes(digest.digest(Arrays.copyOfRange(number, 1, 5)));
    }
    return Arrays.copyOf(out.toByteArray(), length);
  }
}
