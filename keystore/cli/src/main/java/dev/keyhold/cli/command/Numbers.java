package dev.keyhold.cli.command;

import dev.keyhold.keystore.Durations;
import java.time.Duration;
import java.util.Locale;

/** Numbers for people. */
public final class Numbers {
  private Numbers() {}

  public static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  public static String dollars(double dollars) {
    return dollars > 0 && dollars < 0.01
        ? "under $0.01"
        : String.format(Locale.ROOT, "$%,.2f", dollars);
  }

  public static String percent(double share) {
    return share > 0 && share < 0.0001
        ? "under 0.01 %"
        : String.format(Locale.ROOT, "%,.2f %%", 100 * share);
  }

  /** Returns a duration as a configuration writes it: {@code 90s}, {@code 5m}, {@code 24h}. */
  public static String duration(Duration duration) {
    return Durations.text(duration);
  }

  /** Returns a number of keys, in words. */
  public static String keys(int count) {
    return count == 1 ? "1 key" : count + " keys";
  }
}
