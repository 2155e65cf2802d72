package dev.keyhold.keystore;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as configurations and commands write them: a whole number of at most nine digits and
 * its unit, {@code ms}, {@code s}, {@code m}, {@code h} or {@code d}.
 */
public final class Durations {
  private static final Pattern TEXT = Pattern.compile("(0|[1-9][0-9]{0,8})(ms|s|m|h|d)");
  private static final long DAY = 86_400;
  private static final long HOUR = 3_600;

  private Durations() {}

  /** Returns the duration in a text; empty if it has none. */
  public static Optional<Duration> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long number = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(number);
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          case "h" -> Duration.ofHours(number);
          default -> Duration.ofDays(number);
        });
  }

  /** Returns the duration in a text, if it is within inclusive bounds. */
  public static Optional<Duration> parse(String text, Duration least, Duration longest) {
    return parse(text).filter(said -> said.compareTo(least) >= 0 && said.compareTo(longest) <= 0);
  }

  /**
   * Returns the duration in a text, if it is within inclusive bounds.
   *
   * @param invalid makes the error of what a text must be
   */
  public static <X extends Exception> Duration parse(
      String text, Duration least, Duration longest, Function<String, X> invalid) throws X {
    return parse(text, least, longest).orElseThrow(() -> invalid.apply(required(least, longest)));
  }

  /** Returns what a text must be, for the error about one that {@link #parse} refused. */
  public static String required(Duration least, Duration longest) {
    return "must be a duration from %s to %s, such as 500ms, 30s, 5m, 8h or 7d"
        .formatted(text(least), text(longest));
  }

  /** Returns the shortest text of a duration of whole milliseconds. */
  public static String text(Duration duration) {
    if (duration.toMillisPart() != 0) {
      return duration.toMillis() + "ms";
    }
    long seconds = duration.toSeconds();
    if (seconds != 0 && seconds % DAY == 0 && seconds > DAY) {
      return seconds / DAY + "d";
    }
    if (seconds != 0 && seconds % HOUR == 0) {
      return seconds / HOUR + "h";
    }
    return seconds != 0 && seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }
}
