package dev.keyhold.custody.proof.state;

import dev.keyhold.custody.proof.statement.Freeze;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The freezes of a log and the lifts of some. Not thread-safe. */
final class Freezes {
  private final Map<String, Freeze> freezes = new LinkedHashMap<>();
  private final Set<String> lifted = new HashSet<>();

  void add(String id, Freeze freeze) {
    if (!lifted.contains(id)) {
      freezes.put(id, freeze);
    }
  }

  void lift(String id) {
    lifted.add(id);
    freezes.remove(id);
  }

  /** Returns the freeze that stops this workload or key now, or null. */
  Freeze stopping(Instant time, String workload, String key) {
    for (Freeze freeze : freezes.values()) {
      if (freeze.inForce(time) && freeze.stops(workload, key)) {
        return freeze;
      }
    }
    return null;
  }

  /** Returns the persons whose approvals do not count now. */
  Set<String> persons(Instant time) {
    if (freezes.isEmpty()) {
      return Set.of();
    }
    Set<String> persons = new HashSet<>();
    for (Freeze freeze : freezes.values()) {
      if (freeze.what().equals("person") && freeze.inForce(time)) {
        persons.add(freeze.name());
      }
    }
    return persons;
  }

  Map<String, Freeze> all() {
    return Map.copyOf(freezes);
  }
}
