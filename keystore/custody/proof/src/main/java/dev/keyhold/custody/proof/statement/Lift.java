package dev.keyhold.custody.proof.statement;

import dev.keyhold.custody.proof.charter.CharterRef;
import dev.keyhold.custody.proof.text.TextReader;
import dev.keyhold.custody.proof.text.TextWriter;
import dev.keyhold.custody.proof.text.Values;

/**
 * The early end of a freeze. One that comes before the freeze is kept.
 *
 * @param charter under which it was signed
 * @param freeze the id of the freeze
 * @param reason why
 * @param nonce 128 bits
 */
public record Lift(CharterRef charter, String freeze, String reason, String nonce)
    implements Statement {
  /** The first line of the text. */
  public static final String KIND = "keyhold.dev/lift@v1";

  static Lift read(TextReader reader) {
    Lift read =
        new Lift(
            CharterRef.read(reader),
            reader.one("freeze", Values::hash),
            reader.one("reason", Values::reason),
            reader.one("nonce", Values::bits));
    reader.end();
    return read;
  }

  @Override
  public String text() {
    return new TextWriter(KIND)
        .line("charter", charter)
        .line("freeze", freeze)
        .value("reason", reason)
        .line("nonce", nonce)
        .toString();
  }
}
