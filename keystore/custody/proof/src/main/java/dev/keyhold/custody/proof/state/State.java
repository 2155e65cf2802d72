package dev.keyhold.custody.proof.state;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.charter.CharterChain;
import dev.keyhold.custody.proof.charter.UseFacts;
import dev.keyhold.custody.proof.leaf.AlarmLeaf;
import dev.keyhold.custody.proof.leaf.EndLeaf;
import dev.keyhold.custody.proof.leaf.Leaf;
import dev.keyhold.custody.proof.leaf.StartLeaf;
import dev.keyhold.custody.proof.leaf.StatementLeaf;
import dev.keyhold.custody.proof.leaf.UseLeaf;
import dev.keyhold.custody.proof.statement.Close;
import dev.keyhold.custody.proof.statement.Freeze;
import dev.keyhold.custody.proof.statement.Grant;
import dev.keyhold.custody.proof.statement.Lift;
import dev.keyhold.custody.proof.statement.Review;
import dev.keyhold.custody.proof.statement.Revoke;
import dev.keyhold.custody.proof.statement.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the leaves of one log give, applied in their order: the charter in force, the grants and
 * what they have counted, revocations, freezes. The gate decides by it, and a verifier replays the
 * same function (docs/AUDIT.md, section 5). Not thread-safe: one thread owns it.
 */
public final class State {
  private final String origin;
  private final CharterChain chain;
  private final StatementRules statements = new StatementRules(this);
  private final Judge judge = new Judge(this);
  private final Set<String> taken = new HashSet<>();
  private final Map<String, LiveGrant> grants = new LinkedHashMap<>();
  private final Set<String> revoked = new HashSet<>();
  private final Set<String> reviewed = new HashSet<>();
  private final Set<String> alarmed = new HashSet<>();
  private final Map<String, Close> closed = new HashMap<>();
  private final Freezes freezes = new Freezes();
  private final TreeMap<Long, Instant> openUses = new TreeMap<>();
  private long size;
  private Instant time = Instant.MIN;

  /**
   * Creates the state of a log without leaves.
   *
   * @param origin the log
   * @param pin the id of version 1 of the charter
   */
  public State(String origin, String pin) {
    this.origin = origin;
    this.chain = new CharterChain(pin);
  }

  /**
   * Applies the next leaf, whatever is wrong with it, and says what that is.
   *
   * @param bytes the leaf
   */
  public Applied apply(byte[] bytes) {
    long index = size++;
    List<Problem> problems = new ArrayList<>();
    Leaf leaf;
    try {
      leaf = Leaf.parse(bytes);
    } catch (ProofException e) {
      problems.add(new Problem(e.code(), e.getMessage()));
      return new Applied(index, time, null, null, List.of(), problems);
    }
    if (leaf.time().isBefore(time)) {
      problems.add(new Problem("time", leaf.time() + " is before the last leaf's " + time));
    } else {
      time = leaf.time();
    }
    if (index == 0 && !(leaf instanceof StartLeaf)) {
      problems.add(new Problem("start", "the first leaf of a log is 'start'"));
    }
    Taken statement = null;
    List<Long> notEnded = List.of();
    if (leaf instanceof UseLeaf use) {
      use(use, index, problems);
    } else if (leaf instanceof EndLeaf end) {
      end(end, problems);
    } else if (leaf instanceof StatementLeaf note) {
      statement = statement(note, index, problems);
    } else if (leaf instanceof StartLeaf start) {
      notEnded = start(start, problems);
    } else if (leaf instanceof AlarmLeaf alarm
        && alarm.kind().equals(AlarmLeaf.BREAK_GLASS)
        && alarm.grant() != null) {
      alarmed.add(alarm.grant());
    }
    return new Applied(index, time, leaf, statement, notEnded, problems);
  }

  private List<Long> start(StartLeaf start, List<Problem> problems) {
    if (!start.origin().equals(origin)) {
      problems.add(new Problem("start", "this is the log " + origin + ", not " + start.origin()));
    } else if (!start.pin().equals(chain.pin())) {
      problems.add(new Problem("start", "the pin is " + chain.pin() + ", not " + start.pin()));
    }
    List<Long> notEnded = List.copyOf(openUses.keySet());
    openUses.clear();
    return notEnded;
  }

  private Taken statement(StatementLeaf leaf, long index, List<Problem> problems) {
    try {
      Taken found = statements.check(leaf.note(), time);
      take(found, index);
      return found;
    } catch (ProofException e) {
      problems.add(new Problem(e.code(), e.getMessage()));
      return null;
    }
  }

  private void take(Taken found, long index) {
    taken.add(found.id());
    Statement statement = found.statement();
    if (found.next() != null) {
      chain.add(found.next());
    } else if (statement instanceof Grant) {
      grants.put(found.id(), new LiveGrant(found, index, origin));
    } else if (statement instanceof Revoke revoke) {
      revoked.add(revoke.grant() + " " + revoke.rule());
    } else if (statement instanceof Freeze freeze) {
      freezes.add(found.id(), freeze);
    } else if (statement instanceof Lift lift) {
      freezes.lift(lift.freeze());
    } else if (statement instanceof Review review) {
      reviewed.add(review.grant());
    } else if (statement instanceof Close close) {
      closed.put(close.log(), close);
    }
  }

  private void use(UseLeaf use, long index, List<Problem> problems) {
    Problem problem = judge.problem(use, time);
    if (problem != null) {
      problems.add(problem);
    }
    LiveGrant grant = use.grant() == null ? null : grants.get(use.grant().id());
    if (grant != null) {
      grant.count(use.facts(), time);
      int used = grant.used(use.facts().epoch());
      int most = grant.most(use.facts().epoch());
      if (used > most) {
        problems.add(
            new Problem("grant-exceeded", used + " of " + most + " by the grant " + grant.id()));
      }
      if (use.grant().used() != used || use.grant().most() != most) {
        problems.add(
            new Problem(
                "count",
                "the grant has counted "
                    + used
                    + " of "
                    + most
                    + ", not "
                    + use.grant().used()
                    + " of "
                    + use.grant().most()));
      }
    }
    openUses.put(index, time);
  }

  private void end(EndLeaf end, List<Problem> problems) {
    Problem problem = null;
    for (EndLeaf.Outcome outcome : end.outcomes()) {
      if (openUses.remove(outcome.use()) == null) {
        problem = new Problem("end", "the leaf " + outcome.use() + " is no open use");
      }
    }
    if (problem != null) {
      problems.add(problem);
    }
  }

  /**
   * Returns whether a use is allowed now, and by what. Changes nothing: applying the leaf of the
   * decision does.
   */
  public Decision judge(UseFacts use, Instant now) {
    return judge.judge(use, now.isBefore(time) ? time : now);
  }

  /**
   * Returns what a signed text would bring if it were taken now. Changes nothing.
   *
   * @throws ProofException if it would not be taken; the message says which line or signature fails
   */
  public Taken check(byte[] note, Instant now) {
    return statements.check(note, now.isBefore(time) ? time : now);
  }

  /** Drops the counted inputs of grants that are over. For a gate, which judges no past use. */
  public void forgetInputsOfPastGrants() {
    grants.values().stream()
        .filter(grant -> !time.isBefore(grant.grant().until()))
        .forEach(LiveGrant::forgetInputs);
  }

  /** Returns the origin of the log. */
  public String origin() {
    return origin;
  }

  /** Returns how many leaves were applied. */
  public long size() {
    return size;
  }

  /** Returns the latest time of a leaf; {@link Instant#MIN} before the first. */
  public Instant time() {
    return time;
  }

  /** Returns the charter in force, or null before the first. */
  public Charter charter() {
    return chain.present();
  }

  /** Returns the versions of the charter. */
  public CharterChain chain() {
    return chain;
  }

  /** Returns whether the log has taken the signed text with this id. */
  public boolean hasTaken(String id) {
    return taken.contains(id);
  }

  /** Returns the grant with this id, or null. */
  public LiveGrant grant(String id) {
    return grants.get(id);
  }

  /** Returns the grants in the order in which they were taken. */
  public Collection<LiveGrant> grants() {
    return Collections.unmodifiableCollection(grants.values());
  }

  /** Returns whether a person of the rule's groups has revoked the grant. */
  public boolean isRevoked(String grant, int rule) {
    return !revoked.isEmpty() && revoked.contains(grant + " " + rule);
  }

  /** Returns whether a use by the grant was reviewed. */
  public boolean isReviewed(String grant) {
    return reviewed.contains(grant);
  }

  /** Returns whether an alarm told of the grant. */
  public boolean isAlarmed(String grant) {
    return alarmed.contains(grant);
  }

  Freezes freezes() {
    return freezes;
  }

  /** Returns the freezes that were taken and not lifted, by their ids. */
  public Map<String, Freeze> activeFreezes() {
    return freezes.all();
  }

  /** Returns the logs that this one says are closed. */
  public Map<String, Close> closed() {
    return Collections.unmodifiableMap(closed);
  }

  /** Returns the uses that have no outcome yet, with their times. */
  public Map<Long, Instant> openUses() {
    return Collections.unmodifiableMap(openUses);
  }
}
