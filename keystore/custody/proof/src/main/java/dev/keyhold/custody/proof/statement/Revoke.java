package dev.keyhold.custody.proof.statement;

import dev.keyhold.custody.proof.charter.CharterRef;
import dev.keyhold.custody.proof.text.TextReader;
import dev.keyhold.custody.proof.text.TextWriter;
import dev.keyhold.custody.proof.text.Values;

/**
 * The end of a grant, by any one person of the groups of its rule. One that comes before the grant
 * is kept.
 *
 * @param charter under which it was signed
 * @param rule the number of the grant's rule
 * @param grant the id of the grant
 * @param reason why
 * @param nonce 128 bits
 */
public record Revoke(CharterRef charter, int rule, String grant, String reason, String nonce)
    implements Statement {
  /** The first line of the text. */
  public static final String KIND = "keyhold.dev/revoke@v1";

  static Revoke read(TextReader reader) {
    Revoke read =
        new Revoke(
            CharterRef.read(reader),
            reader.one("rule", Values::smallNumber),
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
        .line("rule", rule)
        .line("grant", grant)
        .value("reason", reason)
        .line("nonce", nonce)
        .toString();
  }
}
