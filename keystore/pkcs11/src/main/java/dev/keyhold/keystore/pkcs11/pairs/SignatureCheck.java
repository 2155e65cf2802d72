package dev.keyhold.keystore.pkcs11.pairs;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.LocalEngine;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.NoSuchProviderException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.util.Arrays;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;

/**
 * Checks a token's signature by the public key before it is released. One faulty RSA signature that
 * was computed by the Chinese remainder theorem gives the modulus' factors away (Boneh, DeMillo,
 * Lipton 1997), and faulty ECDSA signatures may give the key away.
 */
public final class SignatureCheck {
  /** The longest digest that an ECDSA signature can be checked for, in bytes. */
  public static final int MOST_FOR_ECDSA = 64;

  private SignatureCheck() {}

  /**
   * Returns the signature if it is right.
   *
   * @param input what the token was given
   * @throws BackendException with UNAVAILABLE if it is wrong
   */
  public static byte[] checked(
      PublicKey key, PrivateKeyOperation operation, byte[] input, byte[] signature)
      throws BackendException {
    try {
      if (isRight(key, operation, input, signature)) {
        return signature;
      }
    } catch (GeneralSecurityException e) {
      throw new BackendException(
          Reason.MISCONFIGURED, "the JDK can't check the token's signature", e);
    }
    throw new BackendException(
        Reason.UNAVAILABLE,
        "the token made a signature that does not verify by the key's certificate; it was"
            + " discarded, because a wrong signature can give the private key away: the device is"
            + " faulty, or the certificate is another key's");
  }

  /** Returns whether a signature is right. */
  public static boolean isRight(
      PublicKey key, PrivateKeyOperation operation, byte[] input, byte[] signature)
      throws GeneralSecurityException {
    return switch (operation) {
      case SIGN_PKCS1 -> opensTo(key, padded(input, signature.length), signature);
      case SIGN_BLOCK -> opensTo(key, input, signature);
      case SIGN_ECDSA -> verifies(key, input, signature);
      default -> throw new IllegalArgumentException(operation + " makes no signature");
    };
  }

  private static boolean opensTo(PublicKey key, byte[] block, byte[] signature)
      throws GeneralSecurityException {
    Cipher cipher = LocalEngine.cipher("RSA/ECB/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, key);
    try {
      return MessageDigest.isEqual(block, cipher.doFinal(signature));
    } catch (BadPaddingException | IllegalBlockSizeException e) {
      return false;
    }
  }

  /**
   * Returns the block of RSASSA-PKCS1-v1_5 (RFC 8017, section 9.2); empty if there is no room for
   * it.
   */
  private static byte[] padded(byte[] input, int length) {
    int start = length - input.length;
    if (start < 11) {
      return new byte[0];
    }
    byte[] block = new byte[length];
    block[1] = 1;
    Arrays.fill(block, 2, start - 1, (byte) 0xff);
    System.arraycopy(input, 0, block, start, input.length);
    return block;
  }

  private static boolean verifies(PublicKey key, byte[] input, byte[] signature)
      throws GeneralSecurityException {
    Signature ecdsa = ecdsa();
    ecdsa.initVerify(key);
    ecdsa.update(input);
    try {
      return ecdsa.verify(signature);
    } catch (SignatureException e) {
      return false;
    }
  }

  private static Signature ecdsa() throws NoSuchAlgorithmException {
    try {
      return Signature.getInstance("NONEwithECDSA", SoftwarePair.EC_ENGINE);
    } catch (NoSuchProviderException e) {
      return Signature.getInstance("NONEwithECDSA");
    }
  }
}
