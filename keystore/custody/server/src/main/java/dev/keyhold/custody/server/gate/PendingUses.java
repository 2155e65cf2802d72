package dev.keyhold.custody.server.gate;

import dev.keyhold.custody.proof.charter.UseFacts;
import dev.keyhold.custody.proof.state.Decision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The last uses of each workload that a grant of people would have allowed, so that a person can
 * ask for one. In memory only: nothing that a machine sends reaches people by itself. Thread-safe.
 */
public final class PendingUses {
  private static final int EACH = 100;

  /**
   * A use that waits for people; the same use again is counted.
   *
   * @param number by which a person names it
   * @param time of the last time
   * @param decision what was decided
   * @param keyName the name of the key in the charter, or null
   * @param count how often it was asked
   */
  public record Pending(long number, Instant time, Decision decision, String keyName, long count) {
    /** Returns the command to ask with. */
    public String ask() {
      return "keyhold custody request --from-pending " + number;
    }
  }

  private record Kind(
      String operation, String key, String binding, String tenant, String purpose, String ticket) {}

  private final Map<String, LinkedHashMap<Kind, Pending>> byWorkload = new HashMap<>();
  private long last;

  synchronized Pending add(Decision decision, String keyName, Instant time) {
    UseFacts facts = decision.facts();
    Kind kind =
        new Kind(
            facts.operation().word() + (facts.epoch() ? " epoch" : " object"),
            facts.key(),
            facts.binding(),
            facts.tenant(),
            facts.purpose(),
            facts.ticket());
    LinkedHashMap<Kind, Pending> uses =
        byWorkload.computeIfAbsent(decision.workload(), name -> new LinkedHashMap<>());
    Pending before = uses.remove(kind);
    Pending pending =
        before == null
            ? new Pending(++last, time, decision, keyName, 1)
            : new Pending(before.number, time, decision, keyName, before.count + 1);
    uses.put(kind, pending);
    if (uses.size() > EACH) {
      Iterator<Kind> oldest = uses.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
    return pending;
  }

  /** Returns all of them, those of a workload from the oldest to the newest. */
  public synchronized List<Pending> all() {
    List<Pending> all = new ArrayList<>();
    byWorkload.values().forEach(uses -> all.addAll(uses.values()));
    return all;
  }
}
