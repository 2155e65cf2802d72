package dev.keyhold.custody.proof.state;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.charter.Rule;
import dev.keyhold.custody.proof.note.VerifierKey;
import dev.keyhold.custody.proof.statement.Grant;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** Whether a grant satisfies a charter: its terms, and who signed it (docs/AUDIT.md, section 4). */
final class GrantRules {
  private GrantRules() {}

  /**
   * Requires that the charter has the rule and that the grant asks for no more than it allows.
   *
   * @throws ProofException with the code {@code grant-terms}
   */
  static void terms(Grant grant, Charter charter) {
    Rule rule = charter.rule(grant.rule());
    String which = "rule " + grant.rule() + " of " + charter;
    require(
        rule != null && rule.needsPeople(),
        which + (rule == null ? " does not exist" : " needs no grant"));
    require(
        rule.operations().containsAll(grant.operations()),
        which + " is not for all of " + grant.operationList());
    require(
        Duration.between(grant.from(), grant.until()).compareTo(rule.maxTime().duration()) <= 0,
        which + " allows a grant for at most " + rule.maxTime());
    require(
        rule.allows(grant.objects(), grant.epochs()),
        which
            + " allows at most "
            + rule.maxObjects()
            + " objects and "
            + (rule.maxEpochs() == null ? 0 : rule.maxEpochs())
            + " epochs at all logs together, not "
            + grant.objects()
            + " and "
            + grant.epochs());
    for (Grant.At share : grant.at()) {
      require(
          charter.logKey(share.origin()) != null,
          share.origin() + " is not a log of the charter " + charter);
    }
    require(
        charter.hasKey(grant.key()) && rule.isAbout(grant.key()),
        which + " is not about the key " + grant.key());
    require(
        charter.hasWorkload(grant.workload()) && rule.isFor(grant.workload()),
        which + " is not for the workload " + grant.workload());
  }

  /**
   * Requires that the person who asks has signed, and that the others fill the rule's places.
   *
   * @param frozen persons who count as if they had not signed
   * @throws ProofException with the code {@code quorum}
   */
  static void quorum(Grant grant, Charter charter, Set<VerifierKey> signers, Set<String> frozen) {
    Set<String> people = new HashSet<>(charter.personsOf(signers));
    people.removeAll(frozen);
    if (!people.remove(grant.askedBy())) {
      throw new ProofException(
          "quorum", grant.askedBy() + ", who asks, has not signed, or not by a key of " + charter);
    }
    Rule rule = charter.rule(grant.rule());
    if (!charter.fills(rule, people)) {
      throw new ProofException(
          "quorum",
          "rule "
              + rule.number()
              + " of "
              + charter
              + " needs "
              + needs(rule)
              + ", beside "
              + grant.askedBy()
              + " who asks; signed by "
              + (people.isEmpty()
                  ? "nobody else"
                  : String.join(", ", people.stream().sorted().toList())));
    }
  }

  /** Returns what a rule needs, in words. */
  static String needs(Rule rule) {
    return String.join(
        " and ", rule.needs().stream().map(need -> need.number() + " of " + need.group()).toList());
  }

  static void require(boolean good, String message) {
    if (!good) {
      throw new ProofException("grant-terms", message);
    }
  }
}
