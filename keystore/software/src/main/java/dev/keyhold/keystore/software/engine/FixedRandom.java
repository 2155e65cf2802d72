package dev.keyhold.keystore.software.engine;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Gives a key generator the seed that it is to use: the way to a public key from a private one
 * where an engine has no other. Fails if asked for anything else. One use, one thread.
 */
public final class FixedRandom extends SecureRandom {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // never serialized
  private transient byte[] seed;

  /** Copies the seed; the copy is zeroed when it was used. */
  public FixedRandom(byte[] seed) {
    super(null, null);
    this.seed = seed.clone();
  }

  @Override
  public void nextBytes(byte[] bytes) {
    if (seed == null || bytes.length != seed.length) {
      throw new IllegalStateException("the engine takes its seed in another way");
    }
    System.arraycopy(seed, 0, bytes, 0, bytes.length);
    Arrays.fill(seed, (byte) 0);
    seed = null;
  }
}
