package dev.keyhold.keystore;

import dev.keyhold.keystore.BackendException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
  private static final byte[] LABEL = "keyhold/2/hmac-derive".getBytes(StandardCharsets.US_ASCII);
  private static final int SEED_LENGTH = 32;
  private static final int TAG_LENGTH = 16;
  private static final int KEY_LENGTH = 32;

  /** The module's part: HMAC-SHA256 under the KEK, 32 bytes. */
  @FunctionalInterface
  public interface Hmac {
    /** HMAC-SHA256 of a message under the KEK; it has less than 64 KiB. */
    byte[] sha256(byte[] message) throws BackendException;
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
      Cipher gcm = gcm(Cipher.ENCRYPT_MODE, kek.sha256(message(context, seed)), context);
      gcm.doFinal(dataKey, 0, dataKey.length, out, SEED_LENGTH);
      return out;
    } catch (GeneralSecurityException e) {
      throw new BackendException(Reason.MISCONFIGURED, "the JDK has no working AES-GCM", e);
    }
  }

  /**
   * Unwraps a data key; fails with BAD_CIPHERTEXT if anything was changed.
   *
   * @param by wrapped by this mechanism, or its {@linkplain WrapMechanism#HMAC_DERIVE_SEED former
   *     form}
   * @return a fresh array; the caller zeroes it
   */
  public static byte[] unwrap(Hmac kek, WrapContext context, WrappedKey by)
      throws BackendException {
    byte[] wrapped = by.bytes();
    if (wrapped.length <= SEED_LENGTH + TAG_LENGTH) {
      throw new BackendException(Reason.BAD_CIPHERTEXT, "the wrapped key is too short");
    }
    byte[] seed = Arrays.copyOf(wrapped, SEED_LENGTH);
    try {
      byte[] message =
          by.mechanism() == WrapMechanism.HMAC_DERIVE_SEED ? seed : message(context, seed);
      Cipher gcm = gcm(Cipher.DECRYPT_MODE, kek.sha256(message), context);
      return gcm.doFinal(wrapped, SEED_LENGTH, wrapped.length - SEED_LENGTH);
    } catch (AEADBadTagException e) {
      throw new BackendException(Reason.BAD_CIPHERTEXT, "the wrapped key fails its check", e);
    } catch (GeneralSecurityException e) {
      throw new BackendException(Reason.MISCONFIGURED, "the JDK has no working AES-GCM", e);
    }
  }

  /** {@code label || u32 length of the context || context || seed}: longer than a seed alone. */
  private static byte[] message(WrapContext context, byte[] seed) {
    byte[] bound = context.toBytes();
    return ByteBuffer.allocate(LABEL.length + Integer.BYTES + bound.length + seed.length)
        .put(LABEL)
        .putInt(bound.length)
        .put(bound)
        .put(seed)
        .array();
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
