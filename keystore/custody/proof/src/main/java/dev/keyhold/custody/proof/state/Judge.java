package dev.keyhold.custody.proof.state;

import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.charter.Rule;
import dev.keyhold.custody.proof.charter.UseFacts;
import dev.keyhold.custody.proof.leaf.UseLeaf;
import dev.keyhold.custody.proof.statement.Freeze;
import dev.keyhold.custody.proof.text.Term;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;

/**
 * Judges uses by the state: what the gate asks before a use, and what a verifier asks of one that
 * is recorded (docs/AUDIT.md, section 5.3).
 */
final class Judge {
  private final State state;

  Judge(State state) {
    this.state = state;
  }

  Decision judge(UseFacts use, Instant time) {
    Charter charter = state.charter();
    if (charter == null) {
      return new Decision(use, "denied", "there is no charter yet", null, 0, null, null);
    }
    String workload = charter.workloadOf(use.identity());
    if (workload == null) {
      return deny(use, charter, null, null, "no workload of the charter is " + use.identity());
    }
    if (use.key() == null) {
      return deny(use, charter, workload, null, "which key is meant is not known: ask again");
    }
    Freeze freeze = state.freezes().stopping(time, workload, charter.keyNameOf(use.key()));
    if (freeze != null) {
      return deny(use, charter, workload, null, frozen(freeze));
    }
    Rule rule = charter.firstMatch(use, workload);
    if (rule == null) {
      return deny(use, charter, workload, null, charter.whyNone(use, workload));
    }
    if (!rule.needsPeople()) {
      return new Decision(use, null, null, workload, charter.version(), rule, null);
    }
    return byGrant(use, time, charter, workload, rule);
  }

  private Decision byGrant(
      UseFacts use, Instant time, Charter charter, String workload, Rule rule) {
    Set<String> frozen = state.freezes().persons(time);
    String nearest = null;
    for (LiveGrant grant : state.grants()) {
      if (!grant.isAbout(use, workload, charter, rule)) {
        continue;
      }
      String whyNot =
          grant.whyNot(time, charter, state.isRevoked(grant.id(), rule.number()), frozen);
      if (whyNot == null && rule.review() != null && !state.isAlarmed(grant.id())) {
        whyNot = "has no alarm in the log yet";
      }
      if (whyNot == null && !grant.hasRoomFor(use)) {
        whyNot =
            "has opened its " + grant.most(use.epoch()) + (use.epoch() ? " epochs" : " objects");
      }
      if (whyNot == null) {
        UseLeaf.Counted counted =
            new UseLeaf.Counted(grant.id(), grant.usedWith(use), grant.most(use.epoch()));
        return new Decision(use, null, null, workload, charter.version(), rule, counted);
      }
      nearest = "the grant " + grant.id() + " " + whyNot;
    }
    return new Decision(
        use,
        "pending",
        "rule "
            + rule.number()
            + " needs a grant by "
            + GrantRules.needs(rule)
            + (nearest == null ? "" : "; " + nearest),
        workload,
        charter.version(),
        rule,
        null);
  }

  private static Decision deny(
      UseFacts use, Charter charter, String workload, Rule rule, String message) {
    return new Decision(use, "denied", message, workload, charter.version(), rule, null);
  }

  private static String frozen(Freeze freeze) {
    return (freeze.name() == null ? "everything" : freeze.what() + " " + freeze.name())
        + " is frozen until "
        + freeze.until();
  }

  /** Returns what is wrong with a recorded use, or null. */
  Problem problem(UseLeaf leaf, Instant time) {
    Charter charter = state.charter();
    UseFacts use = leaf.facts();
    if (charter == null || charter.version() != leaf.charter()) {
      return otherwise("the charter in force is " + charter + ", not version " + leaf.charter());
    }
    String workload = charter.workloadOf(use.identity());
    if (!leaf.workload().equals(workload)) {
      return otherwise(use.identity() + " is the workload " + workload);
    }
    Freeze freeze = state.freezes().stopping(time, workload, charter.keyNameOf(use.key()));
    if (freeze != null) {
      return new Problem("frozen", frozen(freeze));
    }
    Rule rule = charter.firstMatch(use, workload);
    if (rule == null) {
      return otherwise(charter.whyNone(use, workload));
    }
    if (rule.number() != leaf.rule()) {
      return otherwise("the first rule that matches is " + rule.number() + ", not " + leaf.rule());
    }
    Term hold = rule.needsPeople() ? Term.ZERO : rule.hold();
    if (!Objects.equals(length(hold), length(leaf.hold()))) {
      return otherwise("rule " + rule.number() + " has hold " + hold + ", not " + leaf.hold());
    }
    if (!rule.needsPeople()) {
      return leaf.grant() == null ? null : otherwise("rule " + rule.number() + " needs no grant");
    }
    return grantProblem(leaf, time, rule);
  }

  private static Duration length(Term hold) {
    return hold == null ? null : hold.duration();
  }

  private Problem grantProblem(UseLeaf leaf, Instant time, Rule rule) {
    if (leaf.grant() == null) {
      return new Problem("grant", "rule " + rule.number() + " needs a grant, none is named");
    }
    String id = leaf.grant().id();
    LiveGrant grant = state.grant(id);
    if (grant == null) {
      return new Problem("grant", "the grant " + id + " is not in this log");
    }
    if (!grant.isAbout(leaf.facts(), leaf.workload(), state.charter(), rule)) {
      return new Problem("grant", "the grant " + id + " is not for this use");
    }
    String whyNot =
        grant.whyNot(
            time,
            state.charter(),
            state.isRevoked(id, rule.number()),
            state.freezes().persons(time));
    if (whyNot != null) {
      return new Problem("grant", "the grant " + id + " " + whyNot);
    }
    return rule.review() == null || state.isAlarmed(id)
        ? null
        : new Problem("alarm-missing", "no alarm named the grant " + id + " before this use");
  }

  private static Problem otherwise(String text) {
    return new Problem("judged-otherwise", text);
  }
}
