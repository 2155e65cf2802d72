package dev.keyhold.cli.command;

import dev.keyhold.keystore.Counts;
import dev.keyhold.keystore.Durations;
import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.function.Function;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** Reads the values of options by the rules of the configuration, for all commands. */
final class OptionValues {
  private static final Duration LONGEST = Duration.ofDays(36_500);
  private static final Pattern AMOUNT =
      Pattern.compile("(0|[1-9][0-9]{0,17})(\\.[0-9]{1,9})?(e[0-9]{1,2})?");

  private OptionValues() {}

  static void register(CommandLine commands) {
    commands
        .registerConverter(int.class, OptionValues::count)
        .registerConverter(Integer.class, OptionValues::count)
        .registerConverter(double.class, OptionValues::amount)
        .registerConverter(Double.class, OptionValues::amount)
        .registerConverter(Duration.class, OptionValues::duration)
        .registerConverter(LocalDate.class, OptionValues::date);
  }

  private static int count(String text) {
    return (int) Counts.parse(text, 0, Integer.MAX_VALUE, invalid(text));
  }

  private static Duration duration(String text) {
    String days = Counts.parse(text).isPresent() ? "; %s days are %sd".formatted(text, text) : "";
    return Durations.parse(
        text, Duration.ZERO, LONGEST, invalid(text).compose(what -> what + days));
  }

  private static double amount(String text) {
    if (!AMOUNT.matcher(text).matches()) {
      throw invalid(text).apply("must be a number, such as 20000, 1.5 or 1e6");
    }
    return Double.parseDouble(text);
  }

  private static LocalDate date(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw invalid(text).apply("must be a date, such as 2026-11-28");
    }
  }

  private static Function<String, TypeConversionException> invalid(String text) {
    return what -> new TypeConversionException("'" + text + "' " + what);
  }
}
