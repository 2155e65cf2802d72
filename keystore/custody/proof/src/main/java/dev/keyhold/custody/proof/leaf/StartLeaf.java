package dev.keyhold.custody.proof.leaf;

import dev.keyhold.custody.proof.text.Percent;
import dev.keyhold.custody.proof.text.TextReader;
import dev.keyhold.custody.proof.text.TextWriter;
import dev.keyhold.custody.proof.text.Values;
import java.time.Instant;

/**
 * The custodian's process was started. The first leaf of a log is one.
 *
 * @param time when
 * @param origin the log
 * @param pin the id of version 1 of the charter
 * @param software name and version of the software
 * @param replaces the origin of the log that this one succeeds, or null
 */
public record StartLeaf(Instant time, String origin, String pin, String software, String replaces)
    implements Leaf {
  /** The first line. */
  public static final String KIND = "keyhold.dev/start@v1";

  static StartLeaf read(TextReader reader) {
    StartLeaf leaf =
        new StartLeaf(
            reader.one("time", Values::millis),
            reader.one("origin", Values::origin),
            reader.one("pin", Values::hash),
            reader.one("software", Percent::decode),
            reader.optional("replaces", Values::origin));
    reader.end();
    return leaf;
  }

  @Override
  public String text() {
    return new TextWriter(KIND)
        .line("time", Values.millis(time))
        .line("origin", origin)
        .line("pin", pin)
        .value("software", software)
        .optional("replaces", replaces)
        .toString();
  }
}
