package dev.keyhold.custody.proof.text;

/**
 * Shows values to people (docs/AUDIT.md, section 1.4): every character outside ASCII also by its
 * code point, and nothing that could change the order or the look of what stands around it.
 */
public final class Display {
  private Display() {}

  /**
   * Returns the value with each non-ASCII character followed by its code point in brackets.
   * Characters that are no left-to-right letters or digits are shown by the code point alone.
   */
  public static String of(String value) {
    StringBuilder shown = new StringBuilder();
    value.codePoints().forEach(c -> append(shown, c));
    return shown.toString();
  }

  private static void append(StringBuilder shown, int c) {
    if (c >= 0x20 && c < 0x7F) {
      shown.append((char) c);
      return;
    }
    if (Character.isLetterOrDigit(c)
        && Character.getDirectionality(c) == Character.DIRECTIONALITY_LEFT_TO_RIGHT) {
      shown.appendCodePoint(c);
    }
    shown.append('[').append(codePoint(c)).append(']');
  }

  /**
   * Returns a whole text for people to read: each value that was percent-encoded is decoded and
   * stands in quotation marks, so that a blank inside it is not read as the end of the value.
   */
  public static String text(String text) {
    StringBuilder shown = new StringBuilder();
    String separator = "";
    for (String line : text.split("\n", -1)) {
      shown.append(separator).append(line(line));
      separator = "\n";
    }
    return shown.toString();
  }

  private static String line(String line) {
    StringBuilder shown = new StringBuilder();
    String separator = "";
    for (String token : line.split(" ", -1)) {
      shown.append(separator).append(token.indexOf('%') < 0 ? token : quoted(token));
      separator = " ";
    }
    return shown.toString();
  }

  private static String quoted(String token) {
    boolean star = token.endsWith("*");
    String value = Percent.decode(star ? token.substring(0, token.length() - 1) : token);
    return '"' + of(value).replace("\\", "\\\\").replace("\"", "\\\"") + '"' + (star ? "*" : "");
  }

  /** Returns a code point as {@code U+XXXX}. */
  public static String codePoint(int c) {
    return String.format("U+%04X", c);
  }
}
