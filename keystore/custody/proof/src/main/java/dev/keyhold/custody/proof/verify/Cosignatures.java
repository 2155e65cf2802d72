package dev.keyhold.custody.proof.verify;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/** The cosignatures of a log, by size. Asked for the leaves in ascending order. Not thread-safe. */
final class Cosignatures {
  private final List<Heads.Cosigned> bySize;
  private final Instant[] latestUpTo;
  private final Instant[] earliestFrom;
  private int next;

  Cosignatures(List<Heads.Cosigned> all) {
    bySize = all.stream().sorted(Comparator.comparingLong(Heads.Cosigned::size)).toList();
    latestUpTo = new Instant[bySize.size() + 1];
    earliestFrom = new Instant[bySize.size() + 1];
    for (int i = 0; i < bySize.size(); i++) {
      Instant time = bySize.get(i).time();
      latestUpTo[i + 1] =
          latestUpTo[i] == null || time.isAfter(latestUpTo[i]) ? time : latestUpTo[i];
    }
    for (int i = bySize.size() - 1; i >= 0; i--) {
      Instant time = bySize.get(i).time();
      earliestFrom[i] =
          earliestFrom[i + 1] == null || time.isBefore(earliestFrom[i + 1])
              ? time
              : earliestFrom[i + 1];
    }
  }

  private void moveTo(long index) {
    while (next < bySize.size() && bySize.get(next).size() <= index) {
      next++;
    }
  }

  /** Returns the latest time at which the log was seen without the leaf, or null. */
  Instant latestWithout(long index) {
    moveTo(index);
    return latestUpTo[next];
  }

  /** Returns the earliest time at which the log was seen with the leaf, or null. */
  Instant earliestWith(long index) {
    moveTo(index);
    return earliestFrom[next];
  }
}
