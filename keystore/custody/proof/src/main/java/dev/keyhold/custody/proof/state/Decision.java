package dev.keyhold.custody.proof.state;

import dev.keyhold.custody.proof.charter.Rule;
import dev.keyhold.custody.proof.charter.UseFacts;
import dev.keyhold.custody.proof.leaf.DeniedLeaf;
import dev.keyhold.custody.proof.leaf.Leaf;
import dev.keyhold.custody.proof.leaf.UseLeaf;
import dev.keyhold.custody.proof.text.Term;
import java.time.Instant;

/**
 * What {@link State#judge} says of a use. Immutable.
 *
 * @param facts what was asked
 * @param error null if the use is allowed, else {@code denied} or {@code pending}: with a grant of
 *     people it would be allowed
 * @param message why it is not allowed
 * @param workload the charter's name for who asked, or null
 * @param charter the version of the charter in force, 0 before the first
 * @param rule the rule that matched, or null
 * @param grant the grant and its count, or null
 */
public record Decision(
    UseFacts facts,
    String error,
    String message,
    String workload,
    int charter,
    Rule rule,
    UseLeaf.Counted grant) {

  /** Returns whether the use is allowed. */
  public boolean isAllowed() {
    return error == null;
  }

  /** Returns how long the workload may keep what it gets, or null for as long as it likes. */
  public Term hold() {
    return rule == null || rule.needsPeople() ? Term.ZERO : rule.hold();
  }

  /** Returns the leaf that records the decision. */
  public Leaf toLeaf(Instant time) {
    return isAllowed()
        ? new UseLeaf(time, facts, workload, charter, rule.number(), grant, hold())
        : new DeniedLeaf(
            time,
            facts,
            workload,
            error,
            charter,
            rule == null ? null : rule.number(),
            message,
            null);
  }
}
