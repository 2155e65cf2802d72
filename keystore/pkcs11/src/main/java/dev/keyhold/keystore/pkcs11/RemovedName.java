package dev.keyhold.keystore.pkcs11;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The labels of a key whose name was removed, such as {@code orders~removed-20261124T032600Z}.
 * SunPKCS11 finds a key by its label alone, so a label can't be empty. Such a key is listed without
 * a name; its URI contains the label.
 */
final class RemovedName {
  private static final DateTimeFormatter SUFFIX =
      DateTimeFormatter.ofPattern("'~removed-'yyyyMMdd'T'HHmmss'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final Pattern FORM =
      Pattern.compile("(.+)~removed-\\d{8}T\\d{6}Z(?:-\\d+)?", Pattern.DOTALL);

  private RemovedName() {}

  /**
   * Returns the label that stands for a removed name.
   *
   * @param name the former name
   * @param number tells apart what was removed from one name in one second: 1 and up
   */
  static String of(String name, Instant when, int number) {
    return name + SUFFIX.format(when) + (number == 1 ? "" : "-" + number);
  }

  /** Returns whether this label stands for a removed name. */
  static boolean isOne(String name) {
    return FORM.matcher(name).matches();
  }

  /** Returns the former name, if this label stands for a removed name; else the name itself. */
  static String former(String name) {
    Matcher matcher = FORM.matcher(name);
    return matcher.matches() ? matcher.group(1) : name;
  }
}
