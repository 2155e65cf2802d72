package dev.keyhold.keystore;

import dev.keyhold.keystore.encoding.Digests;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Random bytes for keys, salts and IVs that are made locally. They come from the operating system's
 * generator with each call, and are never kept ahead: a copy of the process (a snapshot of a
 * virtual machine, a restored checkpoint) does not repeat them, as it does what the JDK's
 * generators have in memory. Not by {@code new SecureRandom()} either, which takes the first
 * provider that has any: that could be Keyhold's own, which asks a backend.
 *
 * <p>Does not block for entropy; takes no lock; thread-safe.
 */
public final class LocalRandom {
  private static final byte[] NOTHING = new byte[0];

  private LocalRandom() {}

  private static final class Holder {
    static final SystemRandom SYSTEM = SystemRandom.ofThisPlatform();
    static final AtomicLong COUNTER = new AtomicLong();
    static final HedgedRandom GENERATOR = hedged(null, NOTHING);

    static HedgedRandom hedged(SecureRandom other, byte[] input) {
      return new HedgedRandom(
          SYSTEM, System::currentTimeMillis, System::nanoTime, COUNTER, other, input);
    }
  }

  /** Fresh bytes of the system's generator: for keys, seeds and IVs. */
  public static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    Holder.SYSTEM.fill(bytes);
    return bytes;
  }

  /**
   * Fresh bytes that are hedged: a hash of the system's generator, the time and a counter. For
   * salts, and whatever must not meet even where a system's generator was copied.
   */
  public static byte[] hedged(int length) {
    byte[] bytes = new byte[length];
    get().nextBytes(bytes);
    return bytes;
  }

  /**
   * A salt: hedged bytes of which the random part is given.
   *
   * @param random 32 bytes of {@link #bytes}, for nothing else
   * @param length at most 32
   */
  public static byte[] hedged(byte[] random, int length) {
    return Arrays.copyOf(Holder.GENERATOR.hash(random, NOTHING), length);
  }

  /** The generator for engines that take one, hedged. */
  public static SecureRandom get() {
    return Holder.GENERATOR;
  }

  /**
   * A generator whose output also depends on another one's.
   *
   * @param other what an application passed; null for none
   */
  public static SecureRandom with(SecureRandom other) {
    return other == null || other instanceof HedgedRandom
        ? Holder.GENERATOR
        : Holder.hedged(other, NOTHING);
  }

  /**
   * A generator for one signature, whose output also depends on what is signed and by which key: no
   * two messages meet in one nonce, not even in two copies of a machine in one instant.
   *
   * @param secret what only the holder of the key has, such as its encoding; not kept
   * @param message what is signed, or its digest
   */
  public static SecureRandom forSignature(byte[] secret, byte[] message) {
    MessageDigest digest = Digests.local("SHA-256");
    digest.update(Digests.local("SHA-256").digest(secret));
    digest.update(message);
    return Holder.hedged(null, digest.digest());
  }

  /** Closes the files of the system's generator, for a checkpoint; the next use opens them. */
  public static void release() {
    Holder.SYSTEM.release();
  }
}
