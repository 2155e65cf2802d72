package dev.keyhold.custody.proof.verify;

import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.state.Applied;
import dev.keyhold.custody.proof.state.Taken;
import dev.keyhold.custody.proof.statement.Freeze;
import dev.keyhold.custody.proof.statement.Lift;
import dev.keyhold.custody.proof.statement.Revoke;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** When a log took what other logs should have known of a minute later. Not thread-safe. */
final class LogEvents {
  private final TreeMap<Integer, Instant> charters = new TreeMap<>();
  private final TreeMap<Long, Charter> charterAt = new TreeMap<>();
  private final Map<String, Instant> revocations = new HashMap<>();
  private final List<Frozen> freezes = new ArrayList<>();
  private final Map<String, Instant> lifts = new HashMap<>();

  private record Frozen(String id, Freeze freeze, Instant taken) {}

  void add(Applied applied) {
    Taken taken = applied.taken();
    if (taken == null) {
      return;
    }
    Instant time = applied.time();
    if (taken.next() != null) {
      charters.put(taken.next().version(), time);
      charterAt.put(applied.index(), taken.next());
    } else if (taken.statement() instanceof Revoke revoke) {
      revocations.putIfAbsent(revoke.grant() + " " + revoke.rule(), time);
    } else if (taken.statement() instanceof Freeze freeze) {
      freezes.add(new Frozen(taken.id(), freeze, time));
    } else if (taken.statement() instanceof Lift lift) {
      lifts.putIfAbsent(lift.freeze(), time);
    }
  }

  /** Returns the charter in force at a leaf of this log, or null. */
  Charter charterAt(long index) {
    Map.Entry<Long, Charter> entry = charterAt.floorEntry(index);
    return entry == null ? null : entry.getValue();
  }

  /** Returns whether a version after this one was taken before the instant. */
  boolean hasCharterAfter(int version, Instant before) {
    return charters.tailMap(version, false).values().stream().anyMatch(t -> t.isBefore(before));
  }

  boolean hasRevoked(String grant, int rule, Instant before) {
    Instant time = revocations.get(grant + " " + rule);
    return time != null && time.isBefore(before);
  }

  /** Returns whether a freeze taken before the instant stops a use at a time. */
  boolean hasFrozen(String workload, String key, Instant time, Instant before) {
    for (Frozen frozen : freezes) {
      Instant lift = lifts.get(frozen.id);
      if (frozen.taken.isBefore(before)
          && frozen.freeze.inForce(time)
          && frozen.freeze.stops(workload, key)
          && (lift == null || !lift.isBefore(time))) {
        return true;
      }
    }
    return false;
  }
}
