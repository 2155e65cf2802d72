package dev.keyhold.custody.proof.text;

import dev.keyhold.custody.proof.ProofException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;

/** The types of values of docs/AUDIT.md, section 1.1, each read strictly and written in one way. */
public final class Values {
  private static final int MAX_NAME = 64;
  private static final int MAX_ORIGIN = 255;
  private static final int MAX_REASON = 200;
  private static final String SHA256 = "sha256:";
  private static final String SECONDS = "0000-00-00T00:00:00Z";
  private static final String MILLIS = "0000-00-00T00:00:00.000Z";
  private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");

  private Values() {}

  static boolean digits(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** Returns the name of a person, group, key, workload or charter. */
  public static String name(String token) {
    boolean good = !token.isEmpty() && token.length() <= MAX_NAME;
    for (int i = 0; good && i < token.length(); i++) {
      char c = token.charAt(i);
      good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (i > 0 && "._-".indexOf(c) >= 0);
    }
    return checked(good, token, "a name has 1 to 64 of a-z, 0-9 and . _ - (not first)");
  }

  /** Returns the origin of a log, or the name of a note key. */
  public static String origin(String token) {
    boolean good = !token.isEmpty() && token.length() <= MAX_ORIGIN;
    for (int i = 0; good && i < token.length(); i++) {
      char c = token.charAt(i);
      good =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "._~/:@-".indexOf(c) >= 0;
    }
    return checked(good, token, "an origin or key name has 1 to 255 letters, digits and ._~/:@-");
  }

  /** Returns a number without sign and without leading zeros, of at most 15 digits. */
  public static long number(String token) {
    boolean good =
        digits(token) && token.length() <= 15 && (token.length() == 1 || token.charAt(0) != '0');
    return Long.parseLong(checked(good, token, "a number has 1 to 15 digits, no leading zero"));
  }

  /** Returns a number that fits an int. */
  public static int smallNumber(String token) {
    long number = number(token);
    checked(number <= Integer.MAX_VALUE, token, "the number is too large");
    return (int) number;
  }

  /** Returns a hash as it is written, {@code sha256:} and 64 digits. */
  public static String hash(String token) {
    return checked(
        token.length() == 71 && token.startsWith(SHA256) && isHex(token, 7),
        token,
        "a hash is sha256: and 64 lower-case hexadecimal digits");
  }

  /** Returns the text of a hash. */
  public static String hash(byte[] sha256) {
    return SHA256 + HexFormat.of().formatHex(sha256);
  }

  /** Returns 128 bits as they are written, 32 digits. */
  public static String bits(String token) {
    return checked(
        token.length() == 32 && isHex(token, 0), token, "32 lower-case hexadecimal digits belong");
  }

  private static boolean isHex(String token, int from) {
    for (int i = from; i < token.length(); i++) {
      char c = token.charAt(i);
      if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
        return false;
      }
    }
    return true;
  }

  /** Returns the decoded reason, of at most 200 characters. */
  public static String reason(String token) {
    String value = Percent.decode(token);
    checked(
        value.codePointCount(0, value.length()) <= MAX_REASON,
        token,
        "a reason has at most " + MAX_REASON + " characters");
    return value;
  }

  /** Returns the instant of a statement, in seconds. */
  public static Instant seconds(String token) {
    return instant(token, 20);
  }

  /** Returns the instant of a leaf, in milliseconds. */
  public static Instant millis(String token) {
    return instant(token, 24);
  }

  private static Instant instant(String token, int length) {
    String form = length == 20 ? SECONDS : MILLIS;
    boolean good = token.length() == length;
    for (int i = 0; good && i < length; i++) {
      char c = token.charAt(i);
      good = form.charAt(i) == '0' ? c >= '0' && c <= '9' : c == form.charAt(i);
    }
    if (!good) {
      throw ProofException.syntax("an instant has the form " + form + ", not " + token);
    }
    try {
      Instant instant =
          LocalDateTime.of(
                  digits(token, 0, 4),
                  digits(token, 5, 7),
                  digits(token, 8, 10),
                  digits(token, 11, 13),
                  digits(token, 14, 16),
                  digits(token, 17, 19),
                  length == 20 ? 0 : 1_000_000 * digits(token, 20, 23))
              .toInstant(ZoneOffset.UTC);
      inRange(instant);
      return instant;
    } catch (DateTimeException e) {
      throw new ProofException("statement-syntax", "there is no such instant: " + token, e);
    }
  }

  private static int digits(String token, int from, int to) {
    return Integer.parseInt(token, from, to, 10);
  }

  /** Writes the instant of a statement. */
  public static String seconds(Instant instant) {
    return date(instant).append('Z').toString();
  }

  /** Writes the instant of a leaf. */
  public static String millis(Instant instant) {
    StringBuilder text = date(instant).append('.');
    int millis = (int) Math.floorMod(instant.toEpochMilli(), 1000L);
    return text.append((char) ('0' + millis / 100))
        .append((char) ('0' + millis / 10 % 10))
        .append((char) ('0' + millis % 10))
        .append('Z')
        .toString();
  }

  private static StringBuilder date(Instant instant) {
    inRange(instant);
    LocalDateTime local = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    StringBuilder text = new StringBuilder(24);
    text.append(local.getYear());
    two(text.append('-'), local.getMonthValue());
    two(text.append('-'), local.getDayOfMonth());
    two(text.append('T'), local.getHour());
    two(text.append(':'), local.getMinute());
    two(text.append(':'), local.getSecond());
    return text;
  }

  private static void inRange(Instant instant) {
    if (instant.isBefore(EARLIEST) || instant.isAfter(LATEST)) {
      throw ProofException.syntax("an instant is in the years 2000 to 9999: " + instant);
    }
  }

  private static void two(StringBuilder text, int number) {
    text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
  }

  private static String checked(boolean good, String token, String rule) {
    if (!good) {
      throw ProofException.syntax(rule + ", not " + token);
    }
    return token;
  }
}
