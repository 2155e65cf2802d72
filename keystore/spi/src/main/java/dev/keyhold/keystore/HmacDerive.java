package dev.keyhold.keystore;

import dev.keyhold.keystore.BackendException.Reason;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * The wrap mechanism {@link WrapMechanism#HMAC_DERIVE}, for backends whose module has HMAC and no
 * AES-GCM with a given IV. Each wrap has a key of its own, so that no number of wraps wears the KEK
 * out.
 *
 * <p>Stateless and thread-safe.
 */
public final class HmacDerive {
  private static final int SEED_LENGTH = 32;
  private static final int TAG_LENGTH = 16;
  private static final int KEY_LENGTH = 32;

  /** The module's part: HMAC-SHA256 under the KEK, 32 bytes. */
  @FunctionalInterface
  public interface Hmac {
    /** HMAC-SHA256 of a seed of 32 bytes under the KEK. */
    byte[] sha256(byte[] seed) throws BackendException;
  }

  private HmacDerive() {}

  /**
   * Wraps a data key.
   *
   * @return {@code seed(32) || ciphertext || tag(16)}
   */
  public static byte[] wrap(Hmac kek, WrapContext context, byte[] dataKey) throws BackendException {
    byte[] out = new byte[SEED_LENGTH + dataKey.length + TAG_LENGTH];
    byte[] seed = LocalRandom.bytes(SEED_LENGTH);
    System.arraycopy(seed, 0, out, 0, SEED_LENGTH);
    try {
      Cipher gcm = gcm(Cipher.ENCRYPT_MODE, kek.sha256(seed), context);
      gcm.doFinal(dataKey, 0, dataKey.length, out, SEED_LENGTH);
      return out;
    } catch (GeneralSecurityException e) {
      throw new BackendException(Reason.MISCONFIGURED, "the JDK has no working AES-GCM", e);
    }
  }

  /**
   * Unwraps a data key; fails with BAD_CIPHERTEXT if anything was changed.
   *
   * @return a fresh array; the caller zeroes it
   */
  public static byte[] unwrap(Hmac kek, WrapContext context, byte[] wrapped)
      throws BackendException {
    if (wrapped.length <= SEED_LENGTH + TAG_LENGTH) {
      throw new BackendException(Reason.BAD_CIPHERTEXT, "the wrapped key is too short");
    }
    byte[] seed = Arrays.copyOf(wrapped, SEED_LENGTH);
    try {
      Cipher gcm = gcm(Cipher.DECRYPT_MODE, kek.sha256(seed), context);
      return gcm.doFinal(wrapped, SEED_LENGTH, wrapped.length - SEED_LENGTH);
    } catch (AEADBadTagException e) {
      throw new BackendException(Reason.BAD_CIPHERTEXT, "the wrapped key fails its check", e);
    } catch (GeneralSecurityException e) {
      throw new BackendException(Reason.MISCONFIGURED, "the JDK has no working AES-GCM", e);
    }
  }

  private static Cipher gcm(int mode, byte[] derived, WrapContext context)
      throws GeneralSecurityException {
    ErasableKey key = new ErasableKey("AES", derived);
    try {
      if (derived.length != KEY_LENGTH) {
        throw new GeneralSecurityException("HMAC-SHA256 of " + derived.length + " bytes");
      }
      Cipher gcm = LocalEngine.cipher("AES/GCM/NoPadding");
      gcm.init(mode, key, new GCMParameterSpec(8 * TAG_LENGTH, new byte[12]));
      gcm.updateAAD(context.toBytes());
      return gcm;
    } finally {
      key.destroy();
    }
  }
}
