package dev.keyhold.keystore;

import dev.keyhold.keystore.BackendException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The wrap mechanism {@link WrapMechanism#HMAC_DERIVE}, for every backend that can compute
 * HMAC-SHA256 under its KEK. Each wrap has a key of its own, so the number of wraps under one KEK
 * is not limited as that of AES-GCM with random IVs is (NIST SP 800-38D, section 8.3).
 *
 * <p>The HMAC covers {@code label || SHA-256(context) || seed}, 85 bytes: a key that also serves as
 * an HMAC key elsewhere derives nothing there that a wrap has, and no two contexts share a key. The
 * context is hashed because some modules limit the length of a message.
 *
 * <p>Stateless and thread-safe.
 */
public final class HmacDerive {
  private static final byte[] LABEL = "keyhold/1/hmac-derive".getBytes(StandardCharsets.US_ASCII);

  private static final int SEED_LENGTH = 32;
  private static final int TAG_LENGTH = 16;
  private static final int KEY_LENGTH = 32;
  private static final int IV_LENGTH = 12;

  private static final EnginePool<Gcm> GCMS = new EnginePool<>(EnginePool.suitableSize(), Gcm::new);

  /** The module's part: HMAC-SHA256 under the KEK, 32 bytes. */
  @FunctionalInterface
  public interface Hmac {
    /** HMAC-SHA256 of a message of at most 85 bytes under the KEK. */
    byte[] sha256(byte[] message) throws BackendException;
  }

  private HmacDerive() {}

  /** Drops the engines at rest, which keep the derived key of their last use. */
  public static void release() {
    GCMS.forget();
  }

  /** Returns a KEK whose bytes are in this process: not copied. */
  public static Hmac local(byte[] kek) {
    return message -> {
      try {
        Mac mac = LocalEngine.mac("HmacSHA256");
        mac.init(new SecretKeySpec(kek, "HmacSHA256"));
        return mac.doFinal(message);
      } catch (GeneralSecurityException e) {
        throw new BackendException(Reason.MISCONFIGURED, LocalEngine.lacks("HmacSHA256"), e);
      }
    };
  }

  /**
   * Wraps a data key by {@link WrapMechanism#HMAC_DERIVE}.
   *
   * @return {@code seed(32) || ciphertext || tag(16)}
   */
  public static byte[] wrap(Hmac kek, WrapContext context, byte[] dataKey) throws BackendException {
    byte[] out = new byte[SEED_LENGTH + dataKey.length + TAG_LENGTH];
    byte[] seed = LocalRandom.hedged(SEED_LENGTH);
    System.arraycopy(seed, 0, out, 0, SEED_LENGTH);
    byte[] derived = kek.sha256(message(context, seed));
    Gcm gcm = GCMS.take();
    try {
      gcm.init(Cipher.ENCRYPT_MODE, derived, context);
      gcm.cipher.doFinal(dataKey, 0, dataKey.length, out, SEED_LENGTH);
      GCMS.giveBack(gcm);
      return out;
    } catch (GeneralSecurityException e) {
      throw new BackendException(Reason.MISCONFIGURED, LocalEngine.lacks("AES-GCM"), e);
    }
  }

  /**
   * Unwraps a data key; fails with BAD_CIPHERTEXT if anything was changed.
   *
   * @param mechanism {@link WrapMechanism#HMAC_DERIVE} or its earlier form
   * @return a fresh array; the caller zeroes it
   */
  public static byte[] unwrap(
      Hmac kek, WrapContext context, WrapMechanism mechanism, byte[] wrapped)
      throws BackendException {
    if (!serves(mechanism)) {
      throw new BackendException(
          Reason.BAD_CIPHERTEXT, "the wrapped key is of another mechanism, " + mechanism);
    }
    if (wrapped.length <= SEED_LENGTH + TAG_LENGTH) {
      throw new BackendException(Reason.BAD_CIPHERTEXT, "the wrapped key is too short");
    }
    byte[] seed = Arrays.copyOf(wrapped, SEED_LENGTH);
    byte[] message = mechanism == WrapMechanism.HMAC_DERIVE_SEED ? seed : message(context, seed);
    byte[] derived = kek.sha256(message);
    Gcm gcm = GCMS.take();
    try {
      gcm.init(Cipher.DECRYPT_MODE, derived, context);
      byte[] dataKey = gcm.cipher.doFinal(wrapped, SEED_LENGTH, wrapped.length - SEED_LENGTH);
      GCMS.giveBack(gcm);
      return dataKey;
    } catch (AEADBadTagException e) {
      throw new BackendException(
          Reason.BAD_CIPHERTEXT,
          "the wrapped key fails its check: it or its context was changed",
          e);
    } catch (GeneralSecurityException e) {
      throw new BackendException(Reason.MISCONFIGURED, LocalEngine.lacks("AES-GCM"), e);
    }
  }

  /** Returns whether wraps of this mechanism are unwrapped here. */
  public static boolean serves(WrapMechanism mechanism) {
    return mechanism == WrapMechanism.HMAC_DERIVE || mechanism == WrapMechanism.HMAC_DERIVE_SEED;
  }

  private static byte[] message(WrapContext context, byte[] seed) {
    byte[] digest = context.digest();
    return ByteBuffer.allocate(LABEL.length + digest.length + seed.length)
        .put(LABEL)
        .put(digest)
        .put(seed)
        .array();
  }

  /** An AES-GCM engine. One that failed is not used again. */
  private static final class Gcm extends EnginePool.Pooled {
    private final Cipher cipher;

    Gcm() {
      try {
        cipher = LocalEngine.cipher("AES/GCM/NoPadding");
      } catch (GeneralSecurityException e) {
        throw LocalEngine.broken(e);
      }
    }

    /** Initialises the cipher with a key that is used once, so that an IV of zeros is enough. */
    void init(int mode, byte[] derived, WrapContext context) throws GeneralSecurityException {
      ErasableKey key = new ErasableKey("AES", derived);
      try {
        if (derived.length != KEY_LENGTH) {
          throw new GeneralSecurityException("HMAC-SHA256 of " + derived.length + " bytes");
        }
        cipher.init(mode, key, new GCMParameterSpec(8 * TAG_LENGTH, new byte[IV_LENGTH]));
        cipher.updateAAD(context.canonical());
      } finally {
        key.destroy();
      }
    }

    @Override
    protected void clear() {
      // doFinal ended it
    }
  }
}
