package dev.keyhold.envelope;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long an epoch key serves.
 *
 * @param maxAge so long new objects use it, and so long a process keeps one that it unwrapped: the
 *     delay of a revocation
 * @param maxObjects so many objects use it
 * @param maxCached so many unwrapped ones are kept
 * @param nanoTime the clock
 */
record EpochLimits(Duration maxAge, long maxObjects, int maxCached, LongSupplier nanoTime) {
  /** 5 minutes, 2^20 objects. */
  static final EpochLimits DEFAULT =
      new EpochLimits(Duration.ofMinutes(5), 1 << 20, 1024, System::nanoTime);
}
