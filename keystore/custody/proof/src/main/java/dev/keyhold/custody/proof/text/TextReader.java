package dev.keyhold.custody.proof.text;

import dev.keyhold.custody.proof.ProofException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/**
 * Reads a text of docs/AUDIT.md, section 1.1, line by line and value by value. Every error names
 * the line. Not thread-safe.
 */
public final class TextReader {
  /** The most bytes that a text has. */
  public static final int MAX_TEXT = 60_000;

  private final String text;
  private int start;
  private int number;
  private String word;
  private String rest;

  /**
   * Begins with the first line, which must be this kind.
   *
   * @throws ProofException if it is another one, or if the text is not lines of ASCII
   */
  public TextReader(String text, String kind) {
    this.text = text;
    if (text.length() > MAX_TEXT || !text.endsWith("\n")) {
      throw ProofException.syntax(
          "a text ends with a line feed and has at most " + MAX_TEXT + " bytes");
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x7F || (c < 0x20 && c != '\n')) {
        throw ProofException.syntax("a text is printable ASCII, not " + Display.codePoint(c));
      }
    }
    advance();
    if (!kind.equals(word) || rest != null) {
      throw error("this text begins with " + kind);
    }
    advance();
  }

  /** Returns the text of bytes: one character for each byte. */
  public static String decode(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** Returns the first line of a text, which names its kind. */
  public static String kind(String text) {
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end);
  }

  private void advance() {
    number++;
    if (start == text.length()) {
      word = null;
      rest = null;
      return;
    }
    int end = text.indexOf('\n', start);
    int space = text.indexOf(' ', start);
    if (space < 0 || space > end) {
      word = text.substring(start, end);
      rest = null;
    } else {
      word = text.substring(start, space);
      rest = text.substring(space + 1, end);
    }
    start = end + 1;
    if (word.isEmpty()) {
      throw error("a line is empty or begins with a space");
    }
  }

  /** Returns whether the current line has this word. */
  public boolean at(String expected) {
    return expected.equals(word);
  }

  /** Returns the word of the current line. */
  public String word() {
    if (word == null) {
      throw error("a line is missing");
    }
    return word;
  }

  /** Returns the values of the current line, which must have this word, and goes to the next. */
  public Tokens line(String expected) {
    if (!at(expected)) {
      throw error(
          "the line '" + expected + "' belongs here" + (word == null ? "" : ", not " + word));
    }
    Tokens tokens = new Tokens(number, rest);
    advance();
    return tokens;
  }

  /** Returns the only value of the line with this word, as the function reads it. */
  public <T> T one(String expected, Function<String, T> type) {
    Tokens tokens = line(expected);
    T value = tokens.next(type);
    tokens.end();
    return value;
  }

  /** Returns the value of the line with this word, or null if it was left out. */
  public <T> T optional(String expected, Function<String, T> type) {
    return at(expected) ? one(expected, type) : null;
  }

  /** Requires that no line is left. */
  public void end() {
    if (word != null) {
      throw error("no line '" + word + "' belongs here");
    }
  }

  /** Returns an error that names the current line. */
  public ProofException error(String message) {
    return ProofException.syntax("line " + number + ": " + message);
  }
}
