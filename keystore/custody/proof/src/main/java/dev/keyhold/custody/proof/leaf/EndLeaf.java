package dev.keyhold.custody.proof.leaf;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.text.Percent;
import dev.keyhold.custody.proof.text.TextReader;
import dev.keyhold.custody.proof.text.TextWriter;
import dev.keyhold.custody.proof.text.Tokens;
import dev.keyhold.custody.proof.text.Values;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How uses ended.
 *
 * @param time when
 * @param outcomes 1 to 256 of them
 */
public record EndLeaf(Instant time, List<Outcome> outcomes) implements Leaf {
  /** The first line. */
  public static final String KIND = "keyhold.dev/end@v1";

  /** The most outcomes of one leaf. */
  public static final int MAX_OUTCOMES = 256;

  private static final Set<String> WORDS =
      Set.of(
          "done",
          "bad-ciphertext",
          "denied",
          "not-found",
          "unsupported",
          "misconfigured",
          "unavailable");

  /**
   * How one use ended.
   *
   * @param use the index of its leaf
   * @param word {@code done} or the kind of failure
   * @param requestId the id that the key's provider gave the request, or null
   */
  public record Outcome(long use, String word, String requestId) {}

  static EndLeaf read(TextReader reader) {
    Instant time = reader.one("time", Values::millis);
    List<Outcome> outcomes = new ArrayList<>();
    Set<Long> seen = new HashSet<>();
    do {
      Tokens tokens = reader.line("use");
      Outcome outcome =
          new Outcome(
              tokens.next(Values::number),
              tokens.next(EndLeaf::outcome),
              tokens.hasNext() ? tokens.next(Percent::decode) : null);
      tokens.end();
      if (!seen.add(outcome.use)) {
        throw tokens.error("the use " + outcome.use + " stands twice");
      }
      outcomes.add(outcome);
    } while (reader.at("use") && outcomes.size() < MAX_OUTCOMES);
    reader.end();
    return new EndLeaf(time, List.copyOf(outcomes));
  }

  private static String outcome(String word) {
    if (!WORDS.contains(word)) {
      throw ProofException.syntax("no outcome is called " + word);
    }
    return word;
  }

  @Override
  public String text() {
    TextWriter text = new TextWriter(KIND).line("time", Values.millis(time));
    for (Outcome outcome : outcomes) {
      if (outcome.requestId == null) {
        text.line("use", outcome.use, outcome.word);
      } else {
        text.line("use", outcome.use, outcome.word, Percent.encode(outcome.requestId));
      }
    }
    return text.toString();
  }
}
