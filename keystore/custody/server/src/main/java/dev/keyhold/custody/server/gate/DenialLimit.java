package dev.keyhold.custody.server.gate;

import dev.keyhold.custody.proof.leaf.DeniedLeaf;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Bounds the leaves of denials: ten a second of each workload, and ten of all whom the charter does
 * not know; further ones are counted in the next leaf of their identity. Used by one thread.
 */
final class DenialLimit {
  private static final int EACH_SECOND = 10;
  private static final int IDENTITIES = 10_000;
  private static final String UNKNOWN = "";

  private static final class Second {
    private long second;
    private int leaves;

    boolean take(Instant time) {
      if (second != time.getEpochSecond()) {
        second = time.getEpochSecond();
        leaves = 0;
      }
      return leaves < EACH_SECOND && ++leaves > 0;
    }
  }

  /** The last denial that made no leaf, and how many there were. */
  private record Counted(DeniedLeaf last, long count) {}

  private final Map<String, Second> seconds = new HashMap<>();
  private final Map<String, Counted> counted = new LinkedHashMap<>();

  private boolean take(DeniedLeaf leaf, Instant time) {
    String workload = leaf.workload() == null ? UNKNOWN : leaf.workload();
    return seconds.computeIfAbsent(workload, name -> new Second()).take(time);
  }

  /** Returns the leaf to write now; empty if it was counted instead. */
  Optional<DeniedLeaf> admit(DeniedLeaf leaf) {
    String identity = leaf.facts().identity();
    if (take(leaf, leaf.time())) {
      Counted before = counted.remove(identity);
      return Optional.of(before == null ? leaf : with(leaf, leaf.time(), before.count));
    }
    Counted before = counted.get(identity);
    if (before != null || counted.size() < IDENTITIES) {
      counted.put(identity, new Counted(leaf, before == null ? 1 : before.count + 1));
    }
    return Optional.empty();
  }

  /** Returns the leaves of those whose last denials were counted only, as far as there is room. */
  List<DeniedLeaf> due(Instant time) {
    List<DeniedLeaf> due = new ArrayList<>();
    for (Iterator<Counted> all = counted.values().iterator(); all.hasNext(); ) {
      Counted one = all.next();
      if (take(one.last, time)) {
        due.add(with(one.last, time, one.count - 1));
        all.remove();
      }
    }
    return due;
  }

  private static DeniedLeaf with(DeniedLeaf leaf, Instant time, long count) {
    return new DeniedLeaf(
        time,
        leaf.facts(),
        leaf.workload(),
        leaf.error(),
        leaf.charter(),
        leaf.rule(),
        leaf.message(),
        count == 0 ? null : count);
  }
}
