package dev.keyhold.custody.proof.statement;

import dev.keyhold.custody.proof.charter.CharterRef;
import dev.keyhold.custody.proof.text.TextReader;
import dev.keyhold.custody.proof.text.TextWriter;
import dev.keyhold.custody.proof.text.Values;

/**
 * The end of a log, which another log takes: verifiers then know how long it was.
 *
 * @param charter under which it was signed
 * @param log the origin of the log that ended
 * @param size how many leaves it has
 * @param root the root of its tree
 * @param reason why
 * @param nonce 128 bits
 */
public record Close(
    CharterRef charter, String log, long size, String root, String reason, String nonce)
    implements Statement {
  /** The first line of the text. */
  public static final String KIND = "keyhold.dev/close@v1";

  static Close read(TextReader reader) {
    Close read =
        new Close(
            CharterRef.read(reader),
            reader.one("log", Values::origin),
            reader.one("size", Values::number),
            reader.one("root", Values::hash),
            reader.one("reason", Values::reason),
            reader.one("nonce", Values::bits));
    reader.end();
    return read;
  }

  @Override
  public String text() {
    return new TextWriter(KIND)
        .line("charter", charter)
        .line("log", log)
        .line("size", size)
        .line("root", root)
        .value("reason", reason)
        .line("nonce", nonce)
        .toString();
  }
}
