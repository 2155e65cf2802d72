package dev.keyhold.jca.key;

import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/** Keys as what a cipher wraps. */
public final class WrappedKeys {
  private WrappedKeys() {}

  /**
   * Zeroes what a key gave as its encoding, unless that is its own array and no copy, as with some
   * of Bouncy Castle's: those would be of no use any more.
   */
  public static void erase(Key key, byte[] encoded) {
    byte[] again = key.getEncoded();
    if (again != encoded) {
      Arrays.fill(encoded, (byte) 0);
      if (again != null) {
        Arrays.fill(again, (byte) 0);
      }
    }
  }

  /**
   * Returns the size of a key that is not Keyhold's, as a cipher is asked for it.
   *
   * @throws InvalidKeyException if it shows none
   */
  public static int bits(Key key) throws InvalidKeyException {
    if (key instanceof RSAKey rsa) {
      return rsa.getModulus().bitLength();
    }
    byte[] encoded = key.getEncoded();
    if (encoded == null) {
      throw new InvalidKeyException("a key without an encoding, and not one of Keyhold's");
    }
    int bits = 8 * encoded.length;
    erase(key, encoded);
    return bits;
  }

  /**
   * Returns the key that was wrapped.
   *
   * @param type as {@link Cipher#unwrap} has it
   */
  public static Key read(byte[] encoded, String algorithm, int type)
      throws InvalidKeyException, NoSuchAlgorithmException {
    if (encoded.length == 0) {
      throw new InvalidKeyException("the wrapped key is empty");
    }
    try {
      return switch (type) {
        case Cipher.SECRET_KEY -> new SecretKeySpec(encoded, algorithm);
        case Cipher.PRIVATE_KEY ->
            KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
        case Cipher.PUBLIC_KEY ->
            KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(encoded));
        default -> throw new InvalidKeyException("not a type of key: " + type);
      };
    } catch (InvalidKeySpecException e) {
      throw new InvalidKeyException("the wrapped key does not open", e);
    }
  }
}
