package dev.keyhold.testkit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Counts how often a backend was called. Each attempt counts, also one that failed by a fault.
 * Thread-safe: a call that another thread makes at the same time is counted or not, never in part.
 */
public final class Calls {
  private final Map<Call, Integer> counts = new ConcurrentHashMap<>();

  Calls() {}

  /** Returns all calls. */
  public int count() {
    return count(call -> true);
  }

  /** Returns the calls for an operation, whatever the key. */
  public int count(Operation operation) {
    return count(call -> call.operation() == operation);
  }

  /** Returns the calls for an operation with one key. */
  public int count(Operation operation, String key) {
    return counts.getOrDefault(new Call(operation, key), 0);
  }

  /** Begins to count anew. */
  public void reset() {
    counts.clear();
  }

  void add(Call call) {
    counts.merge(call, 1, Integer::sum);
  }

  private int count(Predicate<Call> wanted) {
    return counts.entrySet().stream()
        .filter(entry -> wanted.test(entry.getKey()))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  /** Returns the counts by call, such as {@code {UNWRAP orders=2}}. */
  @Override
  public String toString() {
    return counts.toString();
  }
}
