package dev.keyhold.custody.proof.statement;

import dev.keyhold.custody.proof.charter.CharterRef;
import dev.keyhold.custody.proof.text.TextReader;
import dev.keyhold.custody.proof.text.TextWriter;
import dev.keyhold.custody.proof.text.Values;

/**
 * The review of what was done by a grant, by an owner who had not signed it.
 *
 * @param charter under which it was signed
 * @param grant the id of the grant
 * @param reason what the review found
 * @param nonce 128 bits
 */
public record Review(CharterRef charter, String grant, String reason, String nonce)
    implements Statement {
  /** The first line of the text. */
  public static final String KIND = "keyhold.dev/review@v1";

  static Review read(TextReader reader) {
    Review read =
        new Review(
            CharterRef.read(reader),
            reader.one("grant", Values::hash),
            reader.one("reason", Values::reason),
            reader.one("nonce", Values::bits));
    reader.end();
    return read;
  }

  @Override
  public String text() {
    return new TextWriter(KIND)
        .line("charter", charter)
        .line("grant", grant)
        .value("reason", reason)
        .line("nonce", nonce)
        .toString();
  }
}
