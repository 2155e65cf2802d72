package dev.keyhold.policy;

import dev.keyhold.keystore.Durations;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How long an epoch key of an alias serves.
 *
 * @param maxAge so long new objects use it, and so long a process keeps one that it unwrapped: the
 *     delay of a revocation
 * @param maxStale so long both go on, counted from the same moment, while the backend is out of
 *     reach; at least {@code maxAge}
 * @param maxObjects so many objects use it in one process
 * @param maxBytes so many bytes of plaintext are encrypted under it in one process
 */
public record EpochBounds(Duration maxAge, Duration maxStale, long maxObjects, long maxBytes) {
  /** 5 minutes, also in an outage; 2^20 objects; 2^40 bytes. */
  public static final EpochBounds DEFAULT =
      new EpochBounds(Duration.ofMinutes(5), Duration.ofMinutes(5), 1L << 20, 1L << 40);

  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofHours(24);

  /** What an age must be, for messages. */
  public static final String AGE = Durations.required(SHORTEST, LONGEST);

  /** What a number is, for messages. */
  public static final String COUNT = "a whole number from 1 on";

  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,17}");

  /** Returns what an option of an age says; empty if it is no {@link #AGE}. */
  public static Optional<Duration> age(String value) {
    return Durations.parse(value, SHORTEST, LONGEST);
  }

  /** Returns what an option of a number says; empty if it is no {@link #COUNT}. */
  public static Optional<Long> count(String value) {
    return NUMBER.matcher(value).matches() ? Optional.of(Long.parseLong(value)) : Optional.empty();
  }
}
