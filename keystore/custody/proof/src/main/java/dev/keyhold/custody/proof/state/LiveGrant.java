package dev.keyhold.custody.proof.state;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.charter.Operation;
import dev.keyhold.custody.proof.charter.Rule;
import dev.keyhold.custody.proof.charter.UseFacts;
import dev.keyhold.custody.proof.note.VerifierKey;
import dev.keyhold.custody.proof.statement.Grant;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/** A grant that a log has taken, and the distinct inputs that it has counted. Not thread-safe. */
public final class LiveGrant {
  private final String id;
  private final long leaf;
  private final Grant grant;
  private final Set<Operation> operations;
  private final Charter charter;
  private final Set<VerifierKey> signers;
  private final Grant.At share;
  private final Set<String> objects = new HashSet<>();
  private final Set<String> epochs = new HashSet<>();
  private Instant lastUse;

  /** The version for which {@link #underPresent} was found. */
  private int checkedVersion = -1;

  private String underPresent;

  LiveGrant(Taken taken, long leaf, String origin) {
    this.id = taken.id();
    this.leaf = leaf;
    this.grant = (Grant) taken.statement();
    this.operations = grant.operations();
    this.charter = taken.charter();
    this.signers = taken.signers();
    this.share = grant.at(origin);
  }

  /** Returns the id of the grant. */
  public String id() {
    return id;
  }

  /** Returns the index of the leaf by which the log took it. */
  public long leaf() {
    return leaf;
  }

  /** Returns the grant. */
  public Grant grant() {
    return grant;
  }

  /** Returns the charter under which it was signed. */
  public Charter charter() {
    return charter;
  }

  /** Returns the keys that signed it. */
  public Set<VerifierKey> signers() {
    return signers;
  }

  /** Returns how many distinct inputs of the unit it has counted here. */
  public int used(boolean epoch) {
    return (epoch ? epochs : objects).size();
  }

  /** Returns how many distinct inputs of the unit it may count here. */
  public int most(boolean epoch) {
    return epoch ? share.epochs() : share.objects();
  }

  /** Returns the time of the last use that named it, or null. */
  public Instant lastUse() {
    return lastUse;
  }

  /** Returns whether the input is counted already, or there is room for it. */
  boolean hasRoomFor(UseFacts use) {
    return (use.epoch() ? epochs : objects).contains(use.input())
        || used(use.epoch()) < most(use.epoch());
  }

  /** Returns how many there will be once this use is counted. */
  int usedWith(UseFacts use) {
    return used(use.epoch()) + ((use.epoch() ? epochs : objects).contains(use.input()) ? 0 : 1);
  }

  void count(UseFacts use, Instant time) {
    (use.epoch() ? epochs : objects).add(use.input());
    lastUse = time;
  }

  /** Drops the inputs, which nothing asks for any more once the grant is over. */
  void forgetInputs() {
    objects.clear();
    epochs.clear();
  }

  /** Returns whether the grant is about what the use asks for, whatever the time. */
  boolean isAbout(UseFacts use, String workload, Charter present, Rule rule) {
    return rule.number() == grant.rule()
        && operations.contains(use.operation())
        && grant.workload().equals(workload)
        && workload.equals(charter.workloadOf(use.identity()))
        && grant.key().equals(present.keyNameOf(use.key()))
        && grant.key().equals(charter.keyNameOf(use.key()))
        && grant.clauses().matchAndNoMore(use)
        && charter.matches(charter.rule(grant.rule()), use, workload);
  }

  /**
   * Returns why the grant does not serve now under the present charter, or null if it does.
   *
   * @param frozen persons who count as if they had not signed
   */
  String whyNot(Instant time, Charter present, boolean revoked, Set<String> frozen) {
    if (revoked) {
      return "is revoked";
    }
    if (time.isBefore(grant.from()) || !time.isBefore(grant.until())) {
      return "serves from " + grant.from() + " until " + grant.until();
    }
    if (checkedVersion != present.version()) {
      underPresent = problem(present, Set.of());
      checkedVersion = present.version();
    }
    if (underPresent != null || frozen.isEmpty()) {
      return underPresent;
    }
    String problem = problem(present, frozen);
    return problem == null ? null : problem + "; frozen: " + String.join(", ", frozen);
  }

  private String problem(Charter present, Set<String> frozen) {
    try {
      GrantRules.terms(grant, present);
      GrantRules.quorum(grant, present, signers, frozen);
      return null;
    } catch (ProofException e) {
      return e.getMessage();
    }
  }
}
