package dev.keyhold.object;

import dev.keyhold.keystore.EnginePool;
import dev.keyhold.keystore.LocalEngine;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;

/**
 * The objects of the local engine that one operation uses and that are expensive to create: a GCM
 * cipher, an HMAC and a chunk's buffer. Used by one operation at a time, then given back to its
 * {@link Pool}.
 */
public final class Engine extends EnginePool.Pooled {
  public final Cipher gcm;
  final Mac hmacSha256;

  /** Room for what is derived for a message; zeroed by who uses it. */
  final byte[] derived = new byte[Cobblestone.DERIVED];

  /** Room for one encrypted chunk. */
  private final byte[] buffer = new byte[Cobblestone.SEALED_CHUNK];

  /** The end of the part of the buffer that was written since it was last zeroed. */
  private int used;

  private Engine() throws GeneralSecurityException {
    gcm = LocalEngine.cipher("AES/GCM/NoPadding");
    hmacSha256 = LocalEngine.mac("HmacSHA256");
  }

  /** Copies into the buffer. */
  void fill(int at, byte[] from, int fromAt, int length) {
    System.arraycopy(from, fromAt, buffer, at, length);
    used = Math.max(used, at + length);
  }

  /** Returns the buffer, of which a beginning of this length is about to be read or written. */
  byte[] buffer(int length) {
    used = Math.max(used, length);
    return buffer;
  }

  /** Zeroes what the buffer holds. */
  @Override
  public void clear() {
    Arrays.fill(buffer, 0, used, (byte) 0);
    used = 0;
  }

  private static Engine make() {
    try {
      return new Engine();
    } catch (GeneralSecurityException e) {
      throw LocalEngine.broken(e);
    }
  }

  /** A pool of engines; see {@link EnginePool}. */
  public static final class Pool {
    private final EnginePool<Engine> engines;

    /** Creates an empty pool for so many at least. */
    public Pool(int size) {
      engines = new EnginePool<>(size, Engine::make);
    }

    public Engine take() {
      return engines.take();
    }

    public void giveBack(Engine engine) {
      engines.giveBack(engine);
    }

    /** Lets go of all engines; those in use, when they are given back. */
    public void clear() {
      engines.forget();
    }
  }
}
