package dev.keyhold.keystore;

import dev.keyhold.keystore.encoding.Digests;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.ProviderException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Hedged bytes of which the random part was read ahead, 4 KiB at a time: each 32 bytes are the
 * SHA-256 of 32 bytes of the system's generator that serve once, the time, and a counter. Only for
 * what must be unique and is not secret. A copy of the process has the same bytes ahead, so a
 * restore drops them, and they serve for 10 ms at most. Within that the time tells copies apart.
 * Used by one thread at a time.
 */
final class HedgedBatch extends EnginePool.Pooled {
  static final int BATCH = 4096;
  private static final int BLOCK = 32;

  /**
   * The maximum age of bytes that were read in advance: a copy of the process, of which the process
   * is not told, has the same bytes.
   */
  private static final long AGE_NANOS = 10_000_000;

  private static final int NUMBERS = 4 * Long.BYTES;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final AtomicLong BATCHES = new AtomicLong();

  private final SystemRandom system;
  private final LongSupplier millis;
  private final LongSupplier nanos;

  /** Tells this one's counter from the others'. */
  private final long number = BATCHES.getAndIncrement();

  private final MessageDigest digest = Digests.local("SHA-256");
  private final byte[] random = new byte[BATCH];
  private final byte[] input = new byte[BLOCK + NUMBERS];
  private final byte[] block = new byte[BLOCK];
  private int used = BATCH;
  private long readAt;
  private long count;

  HedgedBatch(SystemRandom system, LongSupplier millis, LongSupplier nanos) {
    this.system = system;
    this.millis = millis;
    this.nanos = nanos;
  }

  /** Fills an array. */
  void fill(byte[] bytes) {
    for (int at = 0; at < bytes.length; at += BLOCK) {
      nextBlock();
      System.arraycopy(block, 0, bytes, at, Math.min(BLOCK, bytes.length - at));
    }
    Arrays.fill(block, (byte) 0);
  }

  /** Fills an array of at most {@value #BATCH} bytes with the system's, which serve once too. */
  void fillUnhashed(byte[] bytes) {
    readIfNeeded(bytes.length, nanos.getAsLong());
    use(bytes, bytes.length);
  }

  private void readIfNeeded(int length, long now) {
    long age = now - readAt;
    if (length > BATCH - used || age < 0 || age > AGE_NANOS) {
      system.fill(random);
      used = 0;
      readAt = now;
    }
  }

  private void use(byte[] into, int length) {
    System.arraycopy(random, used, into, 0, length);
    Arrays.fill(random, used, used + length, (byte) 0);
    used += length;
  }

  private void nextBlock() {
    long now = nanos.getAsLong();
    readIfNeeded(BLOCK, now);
    use(input, BLOCK);
    LONG.set(input, BLOCK, millis.getAsLong());
    LONG.set(input, BLOCK + 8, now);
    LONG.set(input, BLOCK + 16, number);
    LONG.set(input, BLOCK + 24, count++);
    try {
      digest.update(input);
      digest.digest(block, 0, BLOCK);
    } catch (DigestException e) {
      throw new ProviderException("SHA-256 has 32 bytes", e);
    }
  }

  @Override
  protected void clear() {
    Arrays.fill(input, (byte) 0);
  }
}
