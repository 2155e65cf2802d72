package dev.keyhold.custody.proof.text;

import dev.keyhold.custody.proof.ProofException;
import java.time.Duration;

/**
 * A duration as it stands in a text, such as {@code 8h}.
 *
 * @param text how it is written
 * @param duration its value
 */
public record Term(String text, Duration duration) {
  /** Nothing is kept. */
  public static final Term ZERO = new Term("0s", Duration.ZERO);

  /**
   * Reads a duration: a number and one of {@code s m h d}.
   *
   * @throws ProofException if it has another form
   */
  public static Term parse(String text) {
    if (text.equals("0s")) {
      return ZERO;
    }
    int end = text.length() - 1;
    if (end < 1 || end > 6 || text.charAt(0) == '0' || !Values.digits(text.substring(0, end))) {
      throw malformed(text);
    }
    long number = Long.parseLong(text.substring(0, end));
    return new Term(
        text,
        switch (text.charAt(end)) {
          case 's' -> Duration.ofSeconds(number);
          case 'm' -> Duration.ofMinutes(number);
          case 'h' -> Duration.ofHours(number);
          case 'd' -> Duration.ofDays(number);
          default -> throw malformed(text);
        });
  }

  private static ProofException malformed(String text) {
    return ProofException.syntax("a duration is a number and one of s, m, h, d, not " + text);
  }

  @Override
  public String toString() {
    return text;
  }
}
