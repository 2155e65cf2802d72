package dev.keyhold.custody.proof.leaf;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.charter.UseFacts;
import dev.keyhold.custody.proof.text.Percent;
import dev.keyhold.custody.proof.text.TextReader;
import dev.keyhold.custody.proof.text.TextWriter;
import dev.keyhold.custody.proof.text.Values;
import java.time.Instant;
import java.util.Set;

/**
 * A use of a key that was not allowed.
 *
 * @param time when it was decided
 * @param facts what was asked, as far as it is known
 * @param workload the charter's name for who asked, or null
 * @param error {@code denied}, {@code pending} or {@code throttled}
 * @param charter the version of the charter in force
 * @param rule the number of the rule that matched, or null
 * @param message what is missing
 * @param count further denials of this identity that made no leaf, or null
 */
public record DeniedLeaf(
    Instant time,
    UseFacts facts,
    String workload,
    String error,
    int charter,
    Integer rule,
    String message,
    Long count)
    implements Leaf {
  /** The first line. */
  public static final String KIND = "keyhold.dev/denied@v1";

  private static final Set<String> ERRORS = Set.of("denied", "pending", "throttled");

  static DeniedLeaf read(TextReader reader) {
    Instant time = reader.one("time", Values::millis);
    FactLines facts = new FactLines();
    facts.readBeforeInput(reader, false);
    facts.access = reader.optional("access", Values::bits);
    DeniedLeaf leaf =
        new DeniedLeaf(
            time,
            facts.toFacts(),
            facts.workload,
            reader.one("error", DeniedLeaf::error),
            reader.one("charter", Values::smallNumber),
            reader.optional("rule", Values::smallNumber),
            reader.one("text", Percent::decode),
            reader.optional("count", Values::number));
    reader.end();
    return leaf;
  }

  private static String error(String word) {
    if (!ERRORS.contains(word)) {
      throw ProofException.syntax("no error is called " + word);
    }
    return word;
  }

  @Override
  public String text() {
    TextWriter text = new TextWriter(KIND).line("time", Values.millis(time));
    FactLines.writeBeforeInput(text, facts, workload);
    text.optional("access", facts.access()).line("error", error).line("charter", charter);
    return text.optional("rule", rule).value("text", message).optional("count", count).toString();
  }
}
