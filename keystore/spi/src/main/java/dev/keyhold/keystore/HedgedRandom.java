package dev.keyhold.keystore;

import dev.keyhold.keystore.encoding.Digests;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A generator whose output does not repeat even where the system's does, as in two copies of a
 * virtual machine: each 32 bytes are the SHA-256 of 32 bytes of the system's generator, the time, a
 * counter, and what the user has it mix in. It keeps no output. Thread-safe.
 */
final class HedgedRandom extends SecureRandom {
  private static final long serialVersionUID = 1L;
  private static final int BLOCK = 32;
  private static final int NUMBERS = 3 * Long.BYTES;

  private final transient SystemRandom system;
  private final transient LongSupplier millis;
  private final transient LongSupplier nanos;
  private final transient AtomicLong counter;

  /** Null for none. */
  private final transient SecureRandom other;

  /** A digest of what is mixed in, or empty; never changed. */
  private final transient byte[] input;

  /**
   * Creates a generator from the system's.
   *
   * @param other its output is mixed in; null for none
   * @param input is mixed in too
   */
  HedgedRandom(
      SystemRandom system,
      LongSupplier millis,
      LongSupplier nanos,
      AtomicLong counter,
      SecureRandom other,
      byte[] input) {
    super(null, null);
    this.system = system;
    this.millis = millis;
    this.nanos = nanos;
    this.counter = counter;
    this.other = other;
    this.input = input;
  }

  @Override
  public void nextBytes(byte[] bytes) {
    byte[] random = new byte[BLOCK];
    byte[] theirs = new byte[other == null ? 0 : BLOCK];
    for (int at = 0; at < bytes.length; at += BLOCK) {
      system.fill(random);
      if (other != null) {
        other.nextBytes(theirs);
      }
      byte[] block = hash(random, theirs);
      System.arraycopy(block, 0, bytes, at, Math.min(BLOCK, bytes.length - at));
      Arrays.fill(block, (byte) 0);
    }
    Arrays.fill(random, (byte) 0);
    Arrays.fill(theirs, (byte) 0);
  }

  /** Returns the hash of bytes of the system's generator with all that is mixed in: 32 bytes. */
  byte[] hash(byte[] random, byte[] theirs) {
    MessageDigest digest = Digests.local("SHA-256");
    digest.update(random);
    digest.update(
        ByteBuffer.allocate(NUMBERS)
            .putLong(millis.getAsLong())
            .putLong(nanos.getAsLong())
            .putLong(counter.getAndIncrement())
            .array());
    digest.update(theirs);
    digest.update(input);
    return digest.digest();
  }

  @Override
  public byte[] generateSeed(int length) {
    byte[] seed = new byte[length];
    nextBytes(seed);
    return seed;
  }

  @Override
  public String getAlgorithm() {
    return "Keyhold";
  }

  @Override
  public String toString() {
    return "the system's generator, hedged";
  }

  @Override
  public void setSeed(byte[] seed) {
    // the system's generator needs none
  }

  @Override
  public void setSeed(long seed) {
    // the system's generator needs none; the superclass's constructor calls this
  }

  @Override
  public void reseed() {
    // it has no state
  }
}
