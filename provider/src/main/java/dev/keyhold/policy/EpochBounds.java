package dev.keyhold.policy;

import dev.keyhold.keystore.Counts;
import dev.keyhold.keystore.Durations;
import java.time.Duration;
import java.util.function.Function;

/**
 * The limits of the use of an alias's epoch key.
 *
 * @param maxAge how long new objects use it, and how long a process keeps one that it unwrapped:
 *     the delay of a revocation
 * @param maxStale how long both continue, counted from the same time, while the backend is
 *     unreachable; at least {@code maxAge}
 * @param maxObjects how many objects use it in one process
 * @param maxBytes how many bytes of plaintext are encrypted under it in one process
 */
public record EpochBounds(Duration maxAge, Duration maxStale, long maxObjects, long maxBytes) {
  /** 5 minutes, also in an outage; 2^20 objects; 2^40 bytes. */
  public static final EpochBounds DEFAULT =
      new EpochBounds(Duration.ofMinutes(5), Duration.ofMinutes(5), 1L << 20, 1L << 40);

  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofHours(24);

  /** The most objects, or bytes, that an option can name. */
  private static final long MOST = 999_999_999_999_999_999L;

  /**
   * Returns what an option of an age says.
   *
   * @param invalid makes the error of what a text must be
   */
  public static <X extends Exception> Duration age(String text, Function<String, X> invalid)
      throws X {
    return Durations.parse(text, SHORTEST, LONGEST, invalid);
  }

  /**
   * Returns what an option of a number of objects says.
   *
   * @param invalid makes the error of what a text must be
   */
  public static <X extends Exception> long objects(String text, Function<String, X> invalid)
      throws X {
    return Counts.parse(text, 1, MOST, invalid);
  }

  /**
   * Returns what an option of a number of bytes says.
   *
   * @param invalid makes the error of what a text must be
   */
  public static <X extends Exception> long bytes(String text, Function<String, X> invalid)
      throws X {
    return Counts.parseSize(text, 1, MOST, invalid);
  }
}
