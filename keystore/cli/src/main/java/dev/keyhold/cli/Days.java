package dev.keyhold.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a number of days: {@code 30d}. */
final class Days implements ITypeConverter<Duration> {
  private static final Pattern DAYS = Pattern.compile("([0-9]{1,5})d");

  @Override
  public Duration convert(String text) {
    Matcher matcher = DAYS.matcher(text);
    if (!matcher.matches()) {
      throw new TypeConversionException("'" + text + "' is not a number of days, such as 30d");
    }
    return Duration.ofDays(Long.parseLong(matcher.group(1)));
  }
}
