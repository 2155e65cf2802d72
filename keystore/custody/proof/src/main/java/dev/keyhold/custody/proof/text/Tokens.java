package dev.keyhold.custody.proof.text;

import dev.keyhold.custody.proof.ProofException;
import java.util.function.Function;

/** The values of one line, read from left to right. Not thread-safe. */
public final class Tokens {
  private final int line;
  private final String[] tokens;
  private int at;

  Tokens(int line, String rest) {
    this.line = line;
    this.tokens =
        rest == null
            ? new String[0]
            : rest.indexOf(' ') < 0 ? new String[] {rest} : rest.split(" ", -1);
    for (String token : tokens) {
      if (token.isEmpty()) {
        throw error("two spaces in a row, or a space at the end");
      }
    }
  }

  /** Returns whether a value is left. */
  public boolean hasNext() {
    return at < tokens.length;
  }

  /** Returns the next value, as the function reads it. */
  public <T> T next(Function<String, T> type) {
    if (at == tokens.length) {
      throw error("a value is missing");
    }
    String token = tokens[at++];
    try {
      return type.apply(token);
    } catch (ProofException e) {
      throw new ProofException(e.code(), "line " + line + ": " + e.getMessage(), e);
    }
  }

  /** Skips the next value if it is this word, and returns whether it was. */
  public boolean skip(String word) {
    if (at < tokens.length && tokens[at].equals(word)) {
      at++;
      return true;
    }
    return false;
  }

  /** Requires this word next. */
  public void expect(String word) {
    if (!skip(word)) {
      throw error(
          "'"
              + word
              + "' belongs here"
              + (at < tokens.length ? ", not " + tokens[at] : ", at the end"));
    }
  }

  /** Returns the value after this word, or null if the word does not come next. */
  public <T> T clause(String word, Function<String, T> type) {
    return skip(word) ? next(type) : null;
  }

  /** Requires that no value is left. */
  public void end() {
    if (at < tokens.length) {
      throw error("no value " + tokens[at] + " belongs here");
    }
  }

  /** Returns an error that names the line. */
  public ProofException error(String message) {
    return ProofException.syntax("line " + line + ": " + message);
  }
}
