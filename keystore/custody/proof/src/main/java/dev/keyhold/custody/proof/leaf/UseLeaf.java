package dev.keyhold.custody.proof.leaf;

import dev.keyhold.custody.proof.charter.UseFacts;
import dev.keyhold.custody.proof.text.Term;
import dev.keyhold.custody.proof.text.TextReader;
import dev.keyhold.custody.proof.text.TextWriter;
import dev.keyhold.custody.proof.text.Tokens;
import dev.keyhold.custody.proof.text.Values;
import java.time.Instant;

/**
 * A use of a key that was allowed. It is durable before the key is used.
 *
 * @param time when it was decided
 * @param facts what was asked
 * @param workload the charter's name for who asked
 * @param charter the version of the charter in force
 * @param rule the number of the rule
 * @param grant the grant and its count, or null
 * @param hold how long the workload may keep what it gets, or null
 */
public record UseLeaf(
    Instant time, UseFacts facts, String workload, int charter, int rule, Counted grant, Term hold)
    implements Leaf {
  /** The first line. */
  public static final String KIND = "keyhold.dev/use@v1";

  /**
   * What a grant has counted.
   *
   * @param id of the grant
   * @param used the distinct inputs so far, this one included
   * @param most the number that the grant has for this log
   */
  public record Counted(String id, int used, int most) {}

  static UseLeaf read(TextReader reader) {
    Instant time = reader.one("time", Values::millis);
    FactLines facts = new FactLines();
    facts.readBeforeInput(reader, true);
    facts.access = reader.one("access", Values::bits);
    facts.input = reader.one("input", Values::hash);
    facts.epoch = reader.one("unit", FactLines::isEpoch);
    facts.confirm = reader.optional("confirm", FactLines::yes) != null;
    int charter = reader.one("charter", Values::smallNumber);
    int rule = reader.one("rule", Values::smallNumber);
    Counted grant = null;
    if (reader.at("grant")) {
      Tokens tokens = reader.line("grant");
      String id = tokens.next(Values::hash);
      int used = tokens.next(Values::smallNumber);
      tokens.expect("of");
      grant = new Counted(id, used, tokens.next(Values::smallNumber));
      tokens.end();
    }
    Term hold = reader.optional("hold", Term::parse);
    reader.end();
    return new UseLeaf(time, facts.toFacts(), facts.workload, charter, rule, grant, hold);
  }

  @Override
  public String text() {
    TextWriter text = new TextWriter(KIND).line("time", Values.millis(time));
    FactLines.writeBeforeInput(text, facts, workload);
    text.line("access", facts.access()).line("input", facts.input());
    text.line("unit", facts.epoch() ? "epoch" : "object");
    text.optional("confirm", facts.confirm() ? "yes" : null);
    text.line("charter", charter).line("rule", rule);
    if (grant != null) {
      text.line("grant", grant.id, grant.used, "of", grant.most);
    }
    return text.optional("hold", hold).toString();
  }
}
