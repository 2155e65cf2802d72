package dev.keyhold.keystore;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counts and sizes as configurations and commands write them. A count is a whole number of at most
 * 18 digits, without a sign or leading zeros. A size in bytes is such a number, or one of at most
 * nine digits and its unit, {@code KiB}, {@code MiB}, {@code GiB} or {@code TiB}.
 */
public final class Counts {
  private static final Pattern COUNT = Pattern.compile("0|[1-9][0-9]{0,17}");
  private static final Pattern SIZE = Pattern.compile("(0|[1-9][0-9]{0,8})([KMGT]iB)");
  private static final Map<String, Integer> SHIFTS =
      Map.of("KiB", 10, "MiB", 20, "GiB", 30, "TiB", 40);

  private Counts() {}

  /** Returns the count in a text; empty if it has none. */
  public static Optional<Long> parse(String text) {
    return COUNT.matcher(text).matches() ? Optional.of(Long.parseLong(text)) : Optional.empty();
  }

  /**
   * Returns the count in a text, if it is within inclusive bounds.
   *
   * @param invalid makes the error of what a text must be
   */
  public static <X extends Exception> long parse(
      String text, long least, long most, Function<String, X> invalid) throws X {
    return parse(text)
        .filter(said -> said >= least && said <= most)
        .orElseThrow(() -> invalid.apply(required(least, most)));
  }

  /**
   * Returns the number of bytes in the text of a size, if it is within inclusive bounds.
   *
   * @param invalid makes the error of what a text must be
   */
  public static <X extends Exception> long parseSize(
      String text, long least, long most, Function<String, X> invalid) throws X {
    return size(text)
        .filter(said -> said >= least && said <= most)
        .orElseThrow(
            () ->
                invalid.apply(
                    "must be a size from %s to %s bytes, such as 1048576, 64KiB, 1MiB, 8GiB or 1TiB"
                        .formatted(least, most)));
  }

  private static Optional<Long> size(String text) {
    Matcher matcher = SIZE.matcher(text);
    if (!matcher.matches()) {
      return parse(text);
    }
    long number = Long.parseLong(matcher.group(1));
    int shift = SHIFTS.get(matcher.group(2));
    return number <= Long.MAX_VALUE >> shift ? Optional.of(number << shift) : Optional.empty();
  }

  private static String required(long least, long most) {
    return "must be a whole number from %s to %s".formatted(least, most);
  }
}
