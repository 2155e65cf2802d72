package dev.keyhold.keystore.software.engine;

import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.encoding.Digests;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.RSAKey;
import java.security.spec.MGF1ParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/**
 * The operations of RSA keys. The private operation is the JDK's, which blinds it and checks its
 * result. The encoding of what is signed is done here, since the JDK can't sign a digest that is
 * already computed. Stateless.
 */
public final class RsaEngine {
  private static final String RAW = "RSA/ECB/NoPadding";
  private static final String PKCS1 = "RSA/ECB/PKCS1Padding";
  private static final String OAEP = "RSA/ECB/OAEPPadding";

  private RsaEngine() {}

  /** RSASSA-PKCS1-v1_5 over a digest, or over whatever the input is. */
  public static byte[] signPkcs1(PrivateKey key, String digest, byte[] input)
      throws GeneralSecurityException {
    boolean raw = digest.equals(SignatureAlgorithm.NO_DIGEST);
    byte[] info = raw ? input : Digests.digestInfo(digest, input);
    if (info.length > size(key) - 11) {
      throw new InvalidKeyException("the key is too short for that");
    }
    Cipher cipher = cipher(PKCS1);
    cipher.init(Cipher.ENCRYPT_MODE, key); // with a private key: the padding of signatures
    return cipher.doFinal(info);
  }

  /** RSASSA-PSS over a digest. */
  public static byte[] signPss(
      PrivateKey key, SignatureAlgorithm algorithm, byte[] digest, SecureRandom random)
      throws GeneralSecurityException {
    int bits = ((RSAKey) key).getModulus().bitLength() - 1;
    byte[] encoded = pssEncoded(bits, algorithm, digest, random);
    byte[] padded = new byte[size(key)];
    System.arraycopy(encoded, 0, padded, padded.length - encoded.length, encoded.length);
    Cipher cipher = cipher(RAW);
    cipher.init(Cipher.ENCRYPT_MODE, key);
    return cipher.doFinal(padded);
  }

  /** EMSA-PSS-ENCODE (RFC 8017, section 9.1.1), from step 3 on. */
  private static byte[] pssEncoded(
      int bits, SignatureAlgorithm algorithm, byte[] digest, SecureRandom random)
      throws GeneralSecurityException {
    int length = (bits + 7) / 8;
    int maskedLength = length - digest.length - 1;
    int saltAt = maskedLength - algorithm.saltLength();
    if (saltAt < 1) {
      throw new InvalidKeyException("the key is too short for that");
    }
    byte[] salt = new byte[algorithm.saltLength()];
    random.nextBytes(salt);
    MessageDigest hash = Digests.local(algorithm.digest());
    hash.update(new byte[8]);
    hash.update(digest);
    byte[] h = hash.digest(salt);
    byte[] masked = mgf1(algorithm.mgfDigest(), h, maskedLength);
    masked[saltAt - 1] ^= 1;
    for (int i = 0; i < salt.length; i++) {
      masked[saltAt + i] ^= salt[i];
    }
    masked[0] &= (byte) (0xFF >>> (8 * length - bits));
    return ByteBuffer.allocate(length).put(masked).put(h).put((byte) 0xBC).array();
  }

  private static byte[] mgf1(String digest, byte[] seed, int length) {
    MessageDigest hash = Digests.local(digest);
    byte[] mask = new byte[length];
    int at = 0;
    for (int counter = 0; at < length; counter++) {
      hash.update(seed);
      byte[] block = hash.digest(ByteBuffer.allocate(4).putInt(counter).array());
      int part = Math.min(block.length, length - at);
      System.arraycopy(block, 0, mask, at, part);
      at += part;
    }
    return mask;
  }

  public static byte[] decrypt(PrivateKey key, RsaPadding padding, byte[] label, byte[] ciphertext)
      throws GeneralSecurityException {
    Cipher cipher;
    if (padding.equals(RsaPadding.PKCS1)) {
      cipher = cipher(PKCS1);
      cipher.init(Cipher.DECRYPT_MODE, key);
    } else {
      cipher = cipher(OAEP);
      cipher.init(
          Cipher.DECRYPT_MODE,
          key,
          new OAEPParameterSpec(
              padding.digest(),
              "MGF1",
              new MGF1ParameterSpec(padding.mgfDigest()),
              new PSource.PSpecified(label)));
    }
    return cipher.doFinal(ciphertext);
  }

  private static int size(PrivateKey key) {
    return (((RSAKey) key).getModulus().bitLength() + 7) / 8;
  }

  private static Cipher cipher(String transformation) throws GeneralSecurityException {
    return Cipher.getInstance(transformation, JdkEngines.of("Cipher", "RSA"));
  }
}
