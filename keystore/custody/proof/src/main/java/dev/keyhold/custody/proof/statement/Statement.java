package dev.keyhold.custody.proof.statement;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.charter.CharterRef;
import dev.keyhold.custody.proof.text.TextReader;

/**
 * What people sign beside charters (docs/AUDIT.md, section 4): grants, and what ends, stops or
 * reviews them. Immutable.
 */
public sealed interface Statement permits Grant, Revoke, Freeze, Lift, Review, Close {
  /** Returns the charter under which it was signed. */
  CharterRef charter();

  /** Returns why it was signed. */
  String reason();

  /** Returns the text that is signed. */
  String text();

  /**
   * Reads the text of a statement of any kind but a charter.
   *
   * @throws ProofException if it is malformed; the message names the line
   */
  static Statement parse(String text) {
    Statement statement =
        switch (TextReader.kind(text)) {
          case Grant.KIND -> Grant.read(new TextReader(text, Grant.KIND));
          case Revoke.KIND -> Revoke.read(new TextReader(text, Revoke.KIND));
          case Freeze.KIND -> Freeze.read(new TextReader(text, Freeze.KIND));
          case Lift.KIND -> Lift.read(new TextReader(text, Lift.KIND));
          case Review.KIND -> Review.read(new TextReader(text, Review.KIND));
          case Close.KIND -> Close.read(new TextReader(text, Close.KIND));
          default ->
              throw ProofException.syntax(
                  "line 1: no statement is called " + TextReader.kind(text));
        };
    if (!statement.text().equals(text)) {
      throw ProofException.syntax("the text is not in the form that a writer prints");
    }
    return statement;
  }
}
