package dev.keyhold.custody.server.gate;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * How much of the free space of the log each workload has taken today: one that takes a quarter of
 * it waits for the next day, and the others are served. Used by one thread.
 */
final class SpaceShare {
  private static final long PARTS = 4;
  private static final long DAY = 86_400;

  private final Map<String, Long> written = new HashMap<>();
  private long day = -1;
  private long share;

  /**
   * Takes space for a leaf.
   *
   * @param free what uses may write to the disk now
   * @return whether the workload has so much left
   */
  boolean take(String workload, int bytes, Instant time, long free) {
    long today = Math.floorDiv(time.getEpochSecond(), DAY);
    if (today != day) {
      day = today;
      share = free / PARTS;
      written.clear();
    }
    long sum = written.getOrDefault(workload, 0L) + bytes;
    if (sum > share) {
      return false;
    }
    written.put(workload, sum);
    return true;
  }
}
