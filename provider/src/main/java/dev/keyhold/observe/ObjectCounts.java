package dev.keyhold.observe;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the objects that a provider processed, by operation. Counting takes no lock and notifies
 * nobody. Thread-safe.
 */
public final class ObjectCounts {
  /** An operation on an object. */
  public enum Operation {
    /** Encrypting, by a cipher or a stream. */
    ENCRYPT,
    /** Decrypting from its beginning, by a cipher or a stream. */
    DECRYPT,
    /** Opening for random access. */
    READ,
    /** Protecting its header for the present keys, or asking whether that is due. */
    REWRAP;

    /** Its name in metrics. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Map<Operation, LongAdder> counts = new EnumMap<>(Operation.class);

  /** All zero. */
  public ObjectCounts() {
    for (Operation operation : Operation.values()) {
      counts.put(operation, new LongAdder());
    }
  }

  /** Counts one object. */
  public void add(Operation operation) {
    counts.get(operation).increment();
  }

  /** Returns how many objects there were, since the beginning. */
  public long sum(Operation operation) {
    return counts.get(operation).sum();
  }
}
