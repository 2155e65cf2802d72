package dev.keyhold.epoch;

import java.util.function.LongSupplier;

/**
 * The limits of the epoch keys of a whole process.
 *
 * @param maxCached how many unwrapped ones are kept
 * @param nanoTime the clock of ages
 * @param millis the time since 1970, which a fleet has in common
 */
public record EpochLimits(int maxCached, LongSupplier nanoTime, LongSupplier millis) {
  public static final EpochLimits DEFAULT =
      new EpochLimits(1024, System::nanoTime, System::currentTimeMillis);

  /**
   * The pause before a backend that was unreachable, or denied a key, is asked about the key again.
   */
  static final long PAUSE_NANOS = 1_000_000_000;
}
