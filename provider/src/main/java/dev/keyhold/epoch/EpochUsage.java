package dev.keyhold.epoch;

import dev.keyhold.policy.EpochBounds;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what a process did under an epoch key. Each thread counts by itself. Where the limits are
 * wide, the sum is calculated only from time to time, since it reads what all threads have just
 * written; the limits are then a little lower, so that they are never exceeded. Thread-safe.
 */
final class EpochUsage {
  /** Sums are taken by one count in so many; a power of two. */
  private static final int SPARSE = 64;

  /** The limit in objects from which on it counts as wide; likewise in bytes. */
  private static final long WIDE_OBJECTS = 1 << 17;

  private static final long WIDE_BYTES = 1L << 32;

  private final LongAdder objects = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final long maxObjects;
  private final long maxBytes;
  private final boolean sparse;

  /** The number of bytes from which on a count always calculates the sum. */
  private final long large;

  private volatile boolean worn;
  private volatile boolean usedUp;

  EpochUsage(EpochBounds bounds) {
    sparse = bounds.maxObjects() >= WIDE_OBJECTS && bounds.maxBytes() >= WIDE_BYTES;
    maxObjects = bounds.maxObjects() - (sparse ? bounds.maxObjects() / 32 : 0);
    maxBytes = bounds.maxBytes() - (sparse ? bounds.maxBytes() / 32 : 0);
    large = sparse ? bounds.maxBytes() >> 16 : 0;
  }

  void addObject() {
    objects.increment();
    sum(false);
  }

  void addBytes(long count) {
    bytes.add(count);
    sum(count >= large);
  }

  private void sum(boolean inAnyCase) {
    if (sparse && !inAnyCase && (ThreadLocalRandom.current().nextInt() & (SPARSE - 1)) != 0) {
      return;
    }
    long objectSum = objects.sum();
    long byteSum = bytes.sum();
    if (objectSum >= maxObjects || byteSum >= maxBytes) {
      usedUp = true;
    }
    if (objectSum >= maxObjects - maxObjects / 10 || byteSum >= maxBytes - maxBytes / 10) {
      worn = true;
    }
  }

  /** Returns whether it is used up, or soon will be. */
  boolean isWorn() {
    return worn;
  }

  boolean isUsedUp() {
    return usedUp;
  }
}
