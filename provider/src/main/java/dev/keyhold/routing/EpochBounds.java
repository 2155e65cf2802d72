package dev.keyhold.routing;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
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

  /** What an age is, for messages. */
  public static final String AGE = "a duration of 1s to 24h, such as 300s, 5m or 1h";

  /** What a number is, for messages. */
  static final String COUNT = "a whole number from 1 on";

  private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,5})(s|m|h)");
  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,17}");
  private static final Duration LONGEST = Duration.ofHours(24);

  /** What an option of an age says; empty if it is no {@link #AGE}. */
  public static Optional<Duration> age(String value) {
    Matcher matcher = DURATION.matcher(value);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long number = Long.parseLong(matcher.group(1));
    Duration age =
        switch (matcher.group(2)) {
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          default -> Duration.ofHours(number);
        };
    return Optional.of(age).filter(duration -> duration.compareTo(LONGEST) <= 0);
  }

  /** What an option of a number says; empty if it is no {@link #COUNT}. */
  static Optional<Long> count(String value) {
    return NUMBER.matcher(value).matches() ? Optional.of(Long.parseLong(value)) : Optional.empty();
  }
}
