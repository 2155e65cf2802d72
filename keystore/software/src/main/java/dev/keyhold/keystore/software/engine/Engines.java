package dev.keyhold.keystore.software.engine;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.ErasableKey;
import dev.keyhold.keystore.KeyWrap;
import dev.keyhold.keystore.LocalEngine;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;

/**
 * The JCA engines that this backend uses, one fresh engine for each call. Stateless, thread-safe.
 */
public final class Engines {
  /** Length of an AES-GCM IV, in bytes (NIST SP 800-38D, section 8.2.2). */
  public static final int IV_LENGTH = 12;

  /** Length of an AES-GCM tag, in bytes. */
  public static final int TAG_LENGTH = 16;

  private Engines() {}

  /** Encrypts by AES-GCM; writes ciphertext and tag into {@code out} at {@code outOffset}. */
  public static void seal(
      ErasableKey key, byte[] iv, byte[] aad, byte[] plain, byte[] out, int outOffset)
      throws BackendException {
    try {
      Cipher gcm = gcm(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(8 * TAG_LENGTH, iv), aad);
      gcm.doFinal(plain, 0, plain.length, out, outOffset);
    } catch (GeneralSecurityException | IllegalStateException e) {
      throw failure("AES-GCM", key, e);
    }
  }

  /**
   * Decrypts, by AES-GCM, the ciphertext and tag that are in {@code sealed} from {@code offset} on.
   *
   * @throws AEADBadTagException if the key, the IV, the AAD or a byte of {@code sealed} is another
   */
  public static byte[] open(
      ErasableKey key, GCMParameterSpec iv, byte[] aad, byte[] sealed, int offset)
      throws BackendException, AEADBadTagException {
    try {
      Cipher gcm = gcm(Cipher.DECRYPT_MODE, key, iv, aad);
      return gcm.doFinal(sealed, offset, sealed.length - offset);
    } catch (AEADBadTagException e) {
      throw e;
    } catch (GeneralSecurityException | IllegalStateException e) {
      throw failure("AES-GCM", key, e);
    }
  }

  /** Returns the HMAC-SHA256 of a message, without an engine of its own. */
  public static byte[] hmacSha256(ErasableKey key, byte[] message) throws BackendException {
    try {
      return PooledHmac.sha256(key, message);
    } catch (IllegalStateException e) {
      throw failure("HmacSHA256", key, e);
    }
  }

  /** Returns the HMAC of some parts, one after the other. */
  public static byte[] hmac(String algorithm, ErasableKey key, byte[]... parts)
      throws BackendException {
    try {
      Mac mac = LocalEngine.mac(algorithm);
      mac.init(key);
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException | IllegalStateException e) {
      throw failure(algorithm, key, e);
    }
  }

  /** Wraps a key by AES key wrap. */
  public static byte[] wrap(ErasableKey key, KeyWrap way, byte[] plain) throws BackendException {
    try {
      Cipher cipher = LocalEngine.cipher(way.transformation());
      cipher.init(Cipher.ENCRYPT_MODE, key);
      return cipher.doFinal(plain);
    } catch (GeneralSecurityException | IllegalStateException e) {
      throw failure("AES key wrap", key, e);
    }
  }

  /**
   * Undoes {@link #wrap}.
   *
   * @throws BadPaddingException if the key, the way or a byte of {@code wrapped} is another
   */
  public static byte[] unwrap(ErasableKey key, KeyWrap way, byte[] wrapped)
      throws BackendException, BadPaddingException {
    try {
      Cipher cipher = LocalEngine.cipher(way.transformation());
      cipher.init(Cipher.DECRYPT_MODE, key);
      return cipher.doFinal(wrapped);
    } catch (BadPaddingException e) {
      throw e;
    } catch (IllegalBlockSizeException e) {
      // what SunJCE calls a failed check
      BadPaddingException bad = new BadPaddingException(e.getMessage());
      bad.initCause(e);
      throw bad;
    } catch (GeneralSecurityException | IllegalStateException e) {
      throw failure("AES key wrap", key, e);
    }
  }

  private static Cipher gcm(int mode, ErasableKey key, GCMParameterSpec iv, byte[] aad)
      throws GeneralSecurityException {
    Cipher gcm = LocalEngine.cipher("AES/GCM/NoPadding");
    gcm.init(mode, key, iv);
    gcm.updateAAD(aad);
    return gcm;
  }

  private static BackendException failure(String what, ErasableKey key, Exception cause) {
    return key.isDestroyed()
        ? closed()
        : new BackendException(Reason.MISCONFIGURED, LocalEngine.lacks(what), cause);
  }

  /** Returns the error of every call after the backend was closed. */
  public static BackendException closed() {
    return new BackendException(
        Reason.UNAVAILABLE,
        "the key is not in memory any more: it was destroyed meanwhile, or the backend is closed;"
            + " see the state of the key, or make a new provider instance");
  }
}
