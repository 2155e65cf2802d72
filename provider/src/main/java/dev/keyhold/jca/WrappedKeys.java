package dev.keyhold.jca;

import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/** Keys as what a cipher wraps. */
final class WrappedKeys {
  private WrappedKeys() {}

  /**
   * The key that was wrapped.
   *
   * @param type as {@link Cipher#unwrap} has it
   */
  static Key read(byte[] encoded, String algorithm, int type)
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
