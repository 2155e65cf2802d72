package dev.keyhold.custody.proof.state;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.charter.Rule;
import dev.keyhold.custody.proof.note.Note;
import dev.keyhold.custody.proof.note.VerifierKey;
import dev.keyhold.custody.proof.statement.Close;
import dev.keyhold.custody.proof.statement.Freeze;
import dev.keyhold.custody.proof.statement.Grant;
import dev.keyhold.custody.proof.statement.Review;
import dev.keyhold.custody.proof.statement.Revoke;
import dev.keyhold.custody.proof.statement.Statement;
import dev.keyhold.custody.proof.text.TextReader;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Set;

/** Which signed texts a log takes, and when (docs/AUDIT.md, section 4). */
final class StatementRules {
  private static final Duration ONE_FREEZER = Duration.ofHours(8);

  private final State state;

  StatementRules(State state) {
    this.state = state;
  }

  /**
   * Returns what the note brings.
   *
   * @throws ProofException with the code of the first condition that fails
   */
  Taken check(byte[] bytes, Instant time) {
    Note note = Note.parse(bytes);
    boolean isCharter = TextReader.kind(note.text()).equals(Charter.KIND);
    Statement statement = isCharter ? null : Statement.parse(note.text());
    if (isCharter) {
      Charter.parse(note.text());
    }
    if (state.hasTaken(note.id())) {
      throw new ProofException("duplicate", "the log has " + note.id() + " already");
    }
    if (isCharter) {
      Charter next = state.chain().check(note);
      return new Taken(note.id(), next, null, next, Set.of());
    }
    Charter charter = state.chain().get(statement.charter());
    Set<VerifierKey> signers = note.signers(charter.personKeys());
    Taken taken = new Taken(note.id(), null, statement, charter, signers);
    Charter present = state.charter();
    Set<String> people = present.personsOf(signers);
    if (statement instanceof Grant grant) {
      grant(grant, taken, time);
    } else if (statement instanceof Revoke revoke) {
      Rule rule = present.rule(revoke.rule());
      quorum(
          rule != null
              && rule.needs().stream().anyMatch(need -> present.countIn(need.group(), people) > 0),
          "a person of the groups of rule " + revoke.rule() + " revokes",
          people);
    } else if (statement instanceof Freeze freeze) {
      freeze(freeze, time, present, people);
    } else if (statement instanceof Review review) {
      review(review, present, people);
    } else if (statement instanceof Close close) {
      GrantRules.require(
          present.logKey(close.log()) != null && !close.log().equals(state.origin()),
          "a log of the charter, other than this one, is closed here; not " + close.log());
      quorum(present.ownersAgree(people), owners(present) + " close a log", people);
    } else {
      quorum(
          twoFreezers(present, people) || present.ownersAgree(people),
          "two of freezer, or " + owners(present) + ", lift a freeze",
          people);
    }
    return taken;
  }

  private void grant(Grant grant, Taken taken, Instant time) {
    if (grant.at(state.origin()) == null) {
      throw new ProofException("grant-elsewhere", "no 'at' line names " + state.origin());
    }
    notOver(grant.until(), time);
    GrantRules.require(grant.from().isBefore(grant.until()), "'from' is before 'until'");
    GrantRules.terms(grant, taken.charter());
    GrantRules.terms(grant, state.charter());
    GrantRules.quorum(grant, taken.charter(), taken.signers(), Set.of());
    GrantRules.quorum(grant, state.charter(), taken.signers(), Set.of());
  }

  private static void freeze(
      Freeze freeze, Instant time, Charter present, Collection<String> people) {
    notOver(freeze.until(), time);
    GrantRules.require(freeze.from().isBefore(freeze.until()), "'from' is before 'until'");
    boolean isShort = Duration.between(freeze.from(), freeze.until()).compareTo(ONE_FREEZER) <= 0;
    quorum(
        (isShort && present.countIn(Charter.FREEZERS, people) >= 1)
            || twoFreezers(present, people)
            || present.ownersAgree(people),
        "one of freezer freezes for at most 8 h, two of them or " + owners(present) + " for longer",
        people);
  }

  private void review(Review review, Charter present, Collection<String> people) {
    LiveGrant live = state.grant(review.grant());
    GrantRules.require(live != null, "the grant " + review.grant() + " is not in this log");
    Set<String> grantSigners = live.charter().personsOf(live.signers());
    grantSigners.addAll(present.personsOf(live.signers()));
    quorum(
        people.stream()
            .anyMatch(
                person ->
                    present.lines().owners().contains(person) && !grantSigners.contains(person)),
        "an owner who has not signed the grant reviews it",
        people);
  }

  private static void notOver(Instant until, Instant time) {
    if (!time.isBefore(until)) {
      throw new ProofException("expired", "it was over at " + until + ", now it is " + time);
    }
  }

  private static boolean twoFreezers(Charter present, Collection<String> people) {
    return present.countIn(Charter.FREEZERS, people) >= 2;
  }

  private static String owners(Charter present) {
    return present.lines().ownersNeeded() + " owners";
  }

  private static void quorum(boolean good, String rule, Collection<String> people) {
    if (!good) {
      throw new ProofException(
          "quorum",
          rule
              + "; signed by "
              + (people.isEmpty()
                  ? "nobody of the present charter"
                  : String.join(", ", people.stream().sorted().toList())));
    }
  }
}
