package dev.keyhold.epoch;

import dev.keyhold.keystore.ErasableKey;
import dev.keyhold.object.Cobblestone;
import dev.keyhold.object.HkdfKey;
import dev.keyhold.object.Kdf;
import java.util.Arrays;

/**
 * The input key from which the keys of many objects are derived, each with a salt of its own. It is
 * itself derived from the epoch key, which is not kept. Salts are random, so however many processes
 * use one epoch key, no two objects have the same keys.
 *
 * <p>Thread-safe. Once it is destroyed, its use throws {@link IllegalStateException}.
 */
public final class EpochKey {
  private final ErasableKey key;

  /**
   * The input key with its HMAC pads absorbed, copied for each object. Zeroed after {@link #key}.
   */
  private final HkdfKey ready;

  /**
   * Creates an input key from the top key of a header.
   *
   * @param topKey 32 bytes; handed over, zeroed at once
   */
  public EpochKey(byte[] topKey) {
    byte[] inputKey;
    try {
      inputKey = HkdfKey.of(topKey).expand(Kdf.EPOCH_INPUT_KEY, Cobblestone.INPUT_KEY);
    } finally {
      Arrays.fill(topKey, (byte) 0);
    }
    ready = HkdfKey.of(inputKey);
    key = new ErasableKey("HKDF", inputKey);
  }

  /** Returns the input key for one object. */
  public HkdfKey inputKey() {
    return key.whole(ready::copy);
  }

  public boolean isDestroyed() {
    return key.isDestroyed();
  }

  /** Zeroes the key. */
  public void destroy() {
    key.destroy();
    ready.destroy();
  }
}
