package dev.keyhold.config;

import java.util.Locale;
import java.util.Optional;

/**
 * Checks a value before the escapes of a properties file are resolved. Refuses what people write
 * who expect another syntax: a comment after a value, quotation marks, single backslashes,
 * invisible characters. Each would silently become part of the value. Stateless.
 */
final class WrittenValue {
  private static final String QUOTES = "\"'`\u201C\u201D\u201E\u2018\u2019\u201A\u00AB\u00BB";
  private static final String ESCAPABLE = "\\#!:= ;/" + QUOTES;
  private static final int UNICODE_ESCAPE = 6;

  private static final String BACKSLASH =
      "has a single backslash, which begins an escape: write / or two backslashes for one";

  private WrittenValue() {}

  /**
   * Returns what is wrong with a value; begins with a verb.
   *
   * @param text the value as it stands in the file, or in the environment
   * @param escapes whether a backslash begins an escape, as it does in the file
   */
  static Optional<String> fault(String text, boolean escapes) {
    int quotes = 0;
    boolean lastIsQuote = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && escapes) {
        if (!isEscape(text, i)) {
          return Optional.of(BACKSLASH);
        }
        i += text.charAt(i + 1) == 'u' ? UNICODE_ESCAPE - 1 : 1;
        lastIsQuote = false;
        continue;
      }
      Optional<String> unseen = unseen(c, escapes);
      if (unseen.isPresent()) {
        return unseen;
      }
      if (beginsComment(text, i)) {
        return Optional.of(
            "has a comment behind its value ('"
                + text.substring(i)
                + "'): a comment needs a line of its own"
                + (escapes ? "; a " + c + " that belongs to the value is written \\" + c : ""));
      }
      lastIsQuote = QUOTES.indexOf(c) >= 0;
      quotes += lastIsQuote ? 1 : 0;
      if (lastIsQuote && beginsPart(text, i)) {
        return quoted(c, escapes);
      }
    }
    return lastIsQuote && quotes == 1
        ? quoted(text.charAt(text.length() - 1), escapes)
        : Optional.empty();
  }

  /** Returns what is wrong with the name of a property as it stands in the file. */
  static Optional<String> nameFault(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      Optional<String> fault =
          c == '\\' && !isEscape(name, i) ? Optional.of(BACKSLASH) : unseen(c, true);
      if (fault.isPresent()) {
        return fault;
      }
      i += c == '\\' ? 1 : 0;
    }
    return Optional.empty();
  }

  /** Returns whether a text has a quotation mark of any kind. */
  static boolean hasQuote(String text) {
    return text.chars().anyMatch(c -> QUOTES.indexOf(c) >= 0);
  }

  private static boolean isEscape(String text, int at) {
    if (at + 1 >= text.length()) {
      return false;
    }
    char next = text.charAt(at + 1);
    return next == 'u'
        ? text.substring(at).matches("(?s)\\\\u[0-9A-Fa-f]{4}.*")
        : ESCAPABLE.indexOf(next) >= 0;
  }

  private static boolean beginsComment(String text, int at) {
    if (at > 0 && !Character.isWhitespace(text.charAt(at - 1))) {
      return false;
    }
    char c = text.charAt(at);
    boolean slashes = text.startsWith("//", at);
    int end = at + (slashes ? 2 : 1);
    boolean apart = end == text.length() || Character.isWhitespace(text.charAt(end));
    return c == '#' || (at > 0 && apart && (c == '!' || c == ';' || slashes));
  }

  /** Returns the first character of a value, or of a part of it: behind a prefix, or in a list. */
  private static boolean beginsPart(String text, int at) {
    String before = text.substring(0, at).stripTrailing();
    return before.isEmpty() || ":,(".indexOf(before.charAt(before.length() - 1)) >= 0;
  }

  private static Optional<String> quoted(char quote, boolean escapes) {
    return Optional.of(
        "has quotation marks, which would be part of the value: remove them"
            + (escapes ? ", or write \\" + quote + " for one that belongs to it" : ""));
  }

  private static Optional<String> unseen(char c, boolean escapes) {
    int type = Character.getType(c);
    boolean unseen =
        (type == Character.CONTROL && c != '\t')
            || type == Character.FORMAT
            || type == Character.LINE_SEPARATOR
            || type == Character.PARAGRAPH_SEPARATOR
            || (type == Character.SPACE_SEPARATOR && c != ' ');
    if (c != '\uFFFD' && !unseen) {
      return Optional.empty();
    }
    String code = String.format(Locale.ROOT, "%04X", (int) c);
    return Optional.of(
        "holds the character U+"
            + code
            + " ("
            + Character.getName(c)
            + "), which "
            + (unseen ? "can't be seen" : "stands for a damaged one")
            + ": remove it"
            + (escapes ? ", or write \\u" + code + " if it is meant" : ""));
  }
}
