package dev.keyhold.epoch;

import dev.keyhold.keystore.ErasableKey;
import dev.keyhold.keystore.LocalEngine;
import dev.keyhold.object.Cobblestone;
import dev.keyhold.object.Engine;
import dev.keyhold.object.Kdf;
import dev.keyhold.object.NotOpened;
import dev.keyhold.object.Prefix;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * An epoch key: wraps the data keys of many objects, locally. It is never an AES key itself; each
 * data key is wrapped by AES-256-GCM under a key of its own, HKDF-Expand of the epoch key, a label
 * and the object's salt. So nonces can't meet, however many processes use one epoch key; they are a
 * counter all the same.
 *
 * <p>Thread-safe. Once it is destroyed, its use throws {@link IllegalStateException}.
 */
public final class EpochKey {
  private static final byte[] LABEL = Kdf.ascii("keyhold/1/data-key");
  private static final int NONCE = 12;

  private final ErasableKey key;
  private final AtomicLong counter = new AtomicLong();

  /**
   * With the top key of a header.
   *
   * @param topKey 32 bytes; handed over, zeroed by {@link #destroy}
   */
  public EpochKey(byte[] topKey) {
    key = new ErasableKey("HKDF", topKey);
  }

  /** Wraps the data key of one object. */
  public byte[] wrap(Engine engine, byte[] salt, byte[] dataKey) {
    byte[] out = new byte[Prefix.WRAPPED_DATA_KEY];
    ByteBuffer.wrap(out).putInt(0).putLong(counter.getAndIncrement());
    ErasableKey wrapping = wrappingKey(engine, salt);
    try {
      engine.gcm.init(Cipher.ENCRYPT_MODE, wrapping, nonce(out));
      engine.gcm.doFinal(dataKey, 0, dataKey.length, out, NONCE);
      return out;
    } catch (GeneralSecurityException e) {
      throw LocalEngine.broken(e);
    } finally {
      wrapping.destroy();
    }
  }

  /**
   * Unwraps the data key of one object.
   *
   * @param wrapped {@value Prefix#WRAPPED_DATA_KEY} bytes
   * @return a fresh array; the caller zeroes it
   */
  public byte[] unwrap(Engine engine, byte[] salt, byte[] wrapped) throws AEADBadTagException {
    ErasableKey wrapping = wrappingKey(engine, salt);
    try {
      engine.gcm.init(Cipher.DECRYPT_MODE, wrapping, nonce(wrapped));
      return engine.gcm.doFinal(wrapped, NONCE, wrapped.length - NONCE);
    } catch (AEADBadTagException e) {
      throw NotOpened.because("its data key was not wrapped by its epoch key");
    } catch (GeneralSecurityException e) {
      throw LocalEngine.broken(e);
    } finally {
      wrapping.destroy();
    }
  }

  private ErasableKey wrappingKey(Engine engine, byte[] salt) {
    byte[] info = Arrays.copyOf(LABEL, LABEL.length + salt.length);
    System.arraycopy(salt, 0, info, LABEL.length, salt.length);
    byte[] epochKey = key.getEncoded();
    try {
      return new ErasableKey("AES", engine.kdf.expand(epochKey, info, Cobblestone.INPUT_KEY));
    } catch (GeneralSecurityException e) {
      throw LocalEngine.broken(e);
    } finally {
      Arrays.fill(epochKey, (byte) 0);
    }
  }

  private static GCMParameterSpec nonce(byte[] wrapped) {
    return new GCMParameterSpec(8 * Cobblestone.TAG, wrapped, 0, NONCE);
  }

  public boolean isDestroyed() {
    return key.isDestroyed();
  }

  public void destroy() {
    key.destroy();
  }
}
