package dev.keyhold.keystore;

import dev.keyhold.keystore.encoding.Digests;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Random bytes for keys, salts and IVs that are made locally. They come from the operating system's
 * generator with each call, and those that are secret are never read in advance: a copy of the
 * process (a snapshot of a virtual machine, a restored checkpoint) does not repeat them, as it does
 * what the JDK's generators have in memory. {@code new SecureRandom()} is not used either: it takes
 * the first provider that has one, which could be Keyhold's own, which calls a backend.
 *
 * <p>Does not block for entropy; takes no lock; thread-safe.
 */
public final class LocalRandom {
  private static final byte[] NOTHING = new byte[0];

  /** Generators that read the system's, or a library's that reads it, and can't be seeded. */
  private static final Set<String> NATIVE =
      Set.of(
          "SUN.NativePRNG",
          "SUN.NativePRNGBlocking",
          "SUN.NativePRNGNonBlocking",
          "SunMSCAPI.Windows-PRNG",
          "AmazonCorrettoCryptoProvider.LibCryptoRng");

  /** The last generator that was found to add nothing. */
  private static volatile SecureRandom ofTheSystem;

  private LocalRandom() {}

  private static final class Holder {
    static final SystemRandom SYSTEM = SystemRandom.ofThisPlatform();
    static final AtomicLong COUNTER = new AtomicLong();
    static final HedgedRandom GENERATOR = hedged(null, NOTHING);
    static final EnginePool<HedgedBatch> BATCHES =
        new EnginePool<>(
            EnginePool.suitableSize(),
            () -> new HedgedBatch(SYSTEM, System::currentTimeMillis, System::nanoTime));

    static HedgedRandom hedged(SecureRandom other, byte[] input) {
      return new HedgedRandom(
          SYSTEM, System::currentTimeMillis, System::nanoTime, COUNTER, other, input);
    }
  }

  /** Returns fresh bytes of the system's generator: for keys, seeds and IVs. */
  public static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    Holder.SYSTEM.fill(bytes);
    return bytes;
  }

  /**
   * Returns fresh bytes that are hedged: a hash of the system's generator, the time and a counter.
   * They are for salts and other values that are not secret but must not repeat even if a system's
   * generator was copied. The random part is read in advance, a few kilobytes at a time, and
   * discarded by {@link #release}.
   */
  public static byte[] hedged(int length) {
    byte[] bytes = new byte[length];
    HedgedBatch batch = Holder.BATCHES.take();
    batch.fill(bytes);
    Holder.BATCHES.giveBack(batch);
    return bytes;
  }

  /**
   * Returns fresh bytes for values that need not be secret or unique, such as the IV that
   * applications expect of an AEAD and that a Keyhold object does not need. They are read ahead as
   * those of {@link #hedged(int)} are, and are not hashed: two copies of a process can have the
   * same ones for 10 ms.
   *
   * @param other what an application passed, or the JDK in its place, which the bytes then depend
   *     on too; null for none
   */
  public static byte[] ahead(int length, SecureRandom other) {
    if (other == null || other instanceof HedgedRandom || isOfTheSystem(other)) {
      byte[] bytes = new byte[length];
      HedgedBatch batch = Holder.BATCHES.take();
      batch.fillUnhashed(bytes);
      Holder.BATCHES.giveBack(batch);
      return bytes;
    }
    byte[] bytes = new byte[length];
    with(other).nextBytes(bytes);
    return bytes;
  }

  /** Returns whether it adds nothing: what the JDK passes where an application passes none. */
  private static boolean isOfTheSystem(SecureRandom other) {
    if (other == ofTheSystem) {
      return true;
    }
    boolean found = isNative(other);
    if (found) {
      ofTheSystem = other; // the JDK always passes the same object
    }
    return found;
  }

  private static boolean isNative(SecureRandom other) {
    return other.getClass() == SecureRandom.class
        && NATIVE.contains(other.getProvider().getName() + "." + other.getAlgorithm());
  }

  /** Returns the generator for engines that take one, hedged. */
  public static SecureRandom get() {
    return Holder.GENERATOR;
  }

  /**
   * Returns a generator whose output also depends on another one's.
   *
   * @param other what an application passed; null for none
   */
  public static SecureRandom with(SecureRandom other) {
    return other == null || other instanceof HedgedRandom
        ? Holder.GENERATOR
        : Holder.hedged(other, NOTHING);
  }

  /**
   * Returns a generator for one signature, whose output also depends on what is signed and by which
   * key: no two messages get the same nonce, not even in two copies of a machine at the same time.
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

  /**
   * Closes the files of the system's generator, for a checkpoint, and drops what was read ahead;
   * the next use opens and reads them again.
   */
  public static void release() {
    Holder.BATCHES.forget();
    Holder.SYSTEM.release();
  }
}
