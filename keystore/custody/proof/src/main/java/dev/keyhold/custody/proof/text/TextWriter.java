package dev.keyhold.custody.proof.text;

/** Writes a text of docs/AUDIT.md, section 1.1. Not thread-safe. */
public final class TextWriter {
  private final StringBuilder text = new StringBuilder(512);

  /** Begins a text of this kind. */
  public TextWriter(String kind) {
    text.append(kind).append('\n');
  }

  /** Adds a line of a word and tokens, which are in their encoded form already. */
  public TextWriter line(String word, Object... tokens) {
    text.append(word);
    for (Object token : tokens) {
      text.append(' ').append(token);
    }
    text.append('\n');
    return this;
  }

  /** Adds a line with one value, which is encoded; no line if the value is null. */
  public TextWriter value(String word, String value) {
    return value == null ? this : line(word, Percent.encode(value));
  }

  /** Adds a line with one token; no line if it is null. */
  public TextWriter optional(String word, Object token) {
    return token == null ? this : line(word, token);
  }

  /** Returns the text so far. */
  @Override
  public String toString() {
    return text.toString();
  }
}
