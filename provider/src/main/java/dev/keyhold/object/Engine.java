package dev.keyhold.object;

import dev.keyhold.keystore.LocalEngine;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReferenceArray;
import javax.crypto.Cipher;
import javax.crypto.Mac;

/**
 * What one operation needs of the local engine, and is dear to make: a GCM cipher, the KDF, HMAC
 * and a chunk's buffer. Used by one operation at a time, then given back to its {@link Pool}.
 */
public final class Engine {
  public final Cipher gcm;
  public final Kdf kdf;
  final Mac hmacSha256;

  /** Room for one encrypted chunk. */
  private final byte[] buffer = new byte[Cobblestone.SEALED_CHUNK];

  /** How far the buffer was ever written since it was last zeroed. */
  private int used;

  private Engine() throws GeneralSecurityException {
    gcm = LocalEngine.cipher("AES/GCM/NoPadding");
    kdf = new Kdf();
    hmacSha256 = LocalEngine.mac("HmacSHA256");
  }

  /** Copies into the buffer. */
  void fill(int at, byte[] from, int fromAt, int length) {
    System.arraycopy(from, fromAt, buffer, at, length);
    used = Math.max(used, at + length);
  }

  /** The buffer, of which a beginning of this length is about to be read or written. */
  byte[] buffer(int length) {
    used = Math.max(used, length);
    return buffer;
  }

  /** Zeroes what the buffer holds. */
  public void clear() {
    Arrays.fill(buffer, 0, used, (byte) 0);
    used = 0;
  }

  /**
   * Engines at rest, bounded; one more is made when none is there, and let go when the pool is
   * full. Lock-free and thread-safe; not bound to threads, so that virtual threads gain from it
   * too.
   */
  public static final class Pool {
    private final AtomicReferenceArray<Engine> slots;

    public Pool(int size) {
      slots = new AtomicReferenceArray<>(size);
    }

    public Engine take() {
      int start = ThreadLocalRandom.current().nextInt(slots.length());
      for (int i = 0; i < slots.length(); i++) {
        int slot = (start + i) % slots.length();
        if (slots.getPlain(slot) != null) {
          Engine engine = slots.getAndSet(slot, null);
          if (engine != null) {
            return engine;
          }
        }
      }
      try {
        return new Engine();
      } catch (GeneralSecurityException e) {
        throw LocalEngine.broken(e);
      }
    }

    public void giveBack(Engine engine) {
      engine.clear();
      for (int slot = 0; slot < slots.length(); slot++) {
        if (slots.getPlain(slot) == null && slots.compareAndSet(slot, null, engine)) {
          return;
        }
      }
    }

    public void clear() {
      for (int slot = 0; slot < slots.length(); slot++) {
        slots.set(slot, null);
      }
    }
  }
}
