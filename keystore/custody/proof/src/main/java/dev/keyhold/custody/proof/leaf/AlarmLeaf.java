package dev.keyhold.custody.proof.leaf;

import dev.keyhold.custody.proof.text.Percent;
import dev.keyhold.custody.proof.text.TextReader;
import dev.keyhold.custody.proof.text.TextWriter;
import dev.keyhold.custody.proof.text.Values;
import java.time.Instant;

/**
 * Something that people should know at once.
 *
 * @param time when
 * @param kind a word, such as {@code break-glass} or {@code witness}
 * @param grant the id of a grant that it is about, or null
 * @param message what happened
 */
public record AlarmLeaf(Instant time, String kind, String grant, String message) implements Leaf {
  /** The first line. */
  public static final String KIND = "keyhold.dev/alarm@v1";

  /** The kind of an alarm that a grant by a rule with a review was taken. */
  public static final String BREAK_GLASS = "break-glass";

  static AlarmLeaf read(TextReader reader) {
    AlarmLeaf leaf =
        new AlarmLeaf(
            reader.one("time", Values::millis),
            reader.one("kind", Values::name),
            reader.optional("grant", Values::hash),
            reader.one("text", Percent::decode));
    reader.end();
    return leaf;
  }

  @Override
  public String text() {
    return new TextWriter(KIND)
        .line("time", Values.millis(time))
        .line("kind", kind)
        .optional("grant", grant)
        .value("text", message)
        .toString();
  }
}
