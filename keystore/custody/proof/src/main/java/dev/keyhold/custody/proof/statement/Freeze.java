package dev.keyhold.custody.proof.statement;

import dev.keyhold.custody.proof.charter.CharterRef;
import dev.keyhold.custody.proof.text.TextReader;
import dev.keyhold.custody.proof.text.TextWriter;
import dev.keyhold.custody.proof.text.Tokens;
import dev.keyhold.custody.proof.text.Values;
import java.time.Instant;

/**
 * A stop: while it is in force, a workload, a key or everything is denied, or the approvals of a
 * person do not count. It lapses at its end.
 *
 * @param charter under which it was signed
 * @param what {@code workload}, {@code key}, {@code person} or {@code all}
 * @param name the name in the charter; null for all
 * @param reason why
 * @param from the first instant
 * @param until the first instant at which it is over
 * @param nonce 128 bits
 */
public record Freeze(
    CharterRef charter,
    String what,
    String name,
    String reason,
    Instant from,
    Instant until,
    String nonce)
    implements Statement {
  /** The first line of the text. */
  public static final String KIND = "keyhold.dev/freeze@v1";

  static Freeze read(TextReader reader) {
    CharterRef charter = CharterRef.read(reader);
    Tokens tokens = reader.line("freeze");
    String what = tokens.next(token -> token);
    String name =
        switch (what) {
          case "workload", "key", "person" -> tokens.next(Values::name);
          case "all" -> null;
          default -> throw tokens.error("'freeze' has workload, key, person or all, not " + what);
        };
    tokens.end();
    Freeze freeze =
        new Freeze(
            charter,
            what,
            name,
            reader.one("reason", Values::reason),
            reader.one("from", Values::seconds),
            reader.one("until", Values::seconds),
            reader.one("nonce", Values::bits));
    reader.end();
    return freeze;
  }

  /** Returns whether the instant is within the freeze. */
  public boolean inForce(Instant time) {
    return !time.isBefore(from) && time.isBefore(until);
  }

  /** Returns whether it stops this workload or key, given by their names in the charter. */
  public boolean stops(String workload, String key) {
    return switch (what) {
      case "all" -> true;
      case "workload" -> name.equals(workload);
      case "key" -> name.equals(key);
      default -> false;
    };
  }

  @Override
  public String text() {
    TextWriter text = new TextWriter(KIND).line("charter", charter);
    if (name == null) {
      text.line("freeze", what);
    } else {
      text.line("freeze", what, name);
    }
    return text.value("reason", reason)
        .line("from", Values.seconds(from))
        .line("until", Values.seconds(until))
        .line("nonce", nonce)
        .toString();
  }
}
