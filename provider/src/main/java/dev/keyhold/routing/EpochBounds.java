package dev.keyhold.routing;

import java.time.Duration;
import java.util.function.Function;
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

  /** What is refused as a value, and why. */
  static final class Unfit extends Exception {
    private static final long serialVersionUID = 1L;

    Unfit(String message) {
      super(message, null, false, false);
    }
  }

  private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,5})(s|m|h)");
  private static final Pattern COUNT = Pattern.compile("[1-9][0-9]{0,17}");
  private static final Duration LONGEST = Duration.ofHours(24);

  static Duration duration(String value) throws Unfit {
    Matcher matcher = DURATION.matcher(value);
    if (matcher.matches()) {
      long number = Long.parseLong(matcher.group(1));
      Function<Long, Duration> unit =
          switch (matcher.group(2)) {
            case "s" -> Duration::ofSeconds;
            case "m" -> Duration::ofMinutes;
            default -> Duration::ofHours;
          };
      if (unit.apply(number).compareTo(LONGEST) <= 0) {
        return unit.apply(number);
      }
    }
    throw new Unfit("= " + value + ": a duration of 1s to 24h, such as 300s, 5m or 1h");
  }

  static long count(String value) throws Unfit {
    if (!COUNT.matcher(value).matches()) {
      throw new Unfit("= " + value + ": a whole number from 1 on");
    }
    return Long.parseLong(value);
  }
}
