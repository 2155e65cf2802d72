package dev.keyhold.custody.proof.charter;

import dev.keyhold.custody.proof.text.TextReader;
import dev.keyhold.custody.proof.text.Tokens;
import dev.keyhold.custody.proof.text.Values;

/**
 * The line by which a statement names its charter. Immutable.
 *
 * @param name of the charter
 * @param version the number of the version
 * @param id the id of the version
 */
public record CharterRef(String name, int version, String id) {
  /** Returns the reference to a charter. */
  public static CharterRef to(Charter charter) {
    return new CharterRef(charter.name(), charter.version(), charter.id());
  }

  /** Reads the line {@code charter}. */
  public static CharterRef read(TextReader reader) {
    Tokens tokens = reader.line("charter");
    CharterRef ref =
        new CharterRef(
            tokens.next(Values::name), tokens.next(Values::smallNumber), tokens.next(Values::hash));
    tokens.end();
    return ref;
  }

  /** Returns the values of the line. */
  @Override
  public String toString() {
    return name + " " + version + " " + id;
  }
}
