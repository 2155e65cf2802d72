package dev.keyhold.keystore.software.engine;

import dev.keyhold.keystore.EnginePool;
import dev.keyhold.keystore.ErasableKey;
import dev.keyhold.keystore.encoding.Digests;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * HMAC-SHA256 (RFC 2104) around two of the JDK's digests, which are kept for the next use. A {@code
 * Mac} that is kept would keep the key too; a digest that has ended has overwritten its state. Used
 * by one thread at a time.
 */
final class PooledHmac extends EnginePool.Pooled {
  private static final int BLOCK = 64;
  private static final EnginePool<PooledHmac> POOL =
      new EnginePool<>(EnginePool.suitableSize(), PooledHmac::new);

  private final MessageDigest inner = Digests.local("SHA-256");
  private final MessageDigest outer = Digests.local("SHA-256");
  private final byte[] block = new byte[BLOCK];

  private PooledHmac() {}

  /**
   * Returns the HMAC of a message.
   *
   * @throws IllegalStateException if the key was destroyed
   */
  static byte[] sha256(ErasableKey key, byte[] message) {
    byte[] bytes = key.getEncoded();
    PooledHmac hmac = POOL.take();
    try {
      return hmac.of(bytes, message);
    } finally {
      Arrays.fill(bytes, (byte) 0);
      POOL.giveBack(hmac);
    }
  }

  private byte[] of(byte[] key, byte[] message) {
    byte[] hashed = key.length > BLOCK ? outer.digest(key) : key;
    absorb(inner, hashed, 0x36);
    absorb(outer, hashed, 0x5c);
    if (hashed != key) {
      Arrays.fill(hashed, (byte) 0);
    }
    outer.update(inner.digest(message));
    return outer.digest();
  }

  private void absorb(MessageDigest digest, byte[] key, int pad) {
    Arrays.fill(block, (byte) pad);
    for (int i = 0; i < key.length; i++) {
      block[i] ^= key[i];
    }
    digest.update(block);
  }

  @Override
  protected void clear() {
    Arrays.fill(block, (byte) 0);
    inner.reset();
    outer.reset();
  }
}
