package dev.keyhold.keystore.kit;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * A cache of a maximum number of values by keys, which evicts the least recently used one.
 * Thread-safe; a function that is passed to it runs under the lock, so it must do no I/O.
 */
public final class BoundedMemory<K, V> {
  private final Map<K, V> values;

  /**
   * Creates one that is empty.
   *
   * @param most how many values are kept
   */
  public BoundedMemory(int most) {
    values =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > most;
          }
        };
  }

  /** Returns what is remembered for a key, which counts as used. */
  public Optional<V> get(K key) {
    synchronized (values) {
      return Optional.ofNullable(values.get(key));
    }
  }

  /** Remembers a value, in place of the one before. */
  public void put(K key, V value) {
    synchronized (values) {
      values.put(key, value);
    }
  }

  /**
   * Replaces the value of a key atomically, and returns the new value.
   *
   * @param change from the value before, null if there is none, to the next, null to forget it
   */
  public Optional<V> compute(K key, BiFunction<? super K, ? super V, ? extends V> change) {
    synchronized (values) {
      return Optional.ofNullable(values.compute(key, change));
    }
  }

  /** Forgets a key; returns what was remembered for it. */
  public Optional<V> remove(K key) {
    synchronized (values) {
      return Optional.ofNullable(values.remove(key));
    }
  }

  /** Forgets the values for which something holds. */
  public void removeIf(Predicate<? super V> forgotten) {
    synchronized (values) {
      values.values().removeIf(forgotten);
    }
  }
}
