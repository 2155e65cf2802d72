package dev.keyhold.observe;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the uses of a cache of epoch keys. Counting takes no lock and notifies nobody, since it
 * happens for each object. Thread-safe.
 */
public final class CacheCounts {
  /** A cache of epoch keys. */
  public enum Cache {
    /** Epoch keys that new objects use. */
    WRITING,
    /** Epoch keys that were unwrapped to open objects. */
    READING;

    /** Its name in events and metrics. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The result of a look-up in the cache. */
  public enum Result {
    /** The key was there. */
    HIT,
    /** It was not there, or too old: the object waits for the backend. */
    MISS,
    /** It was older than max-age, and served since the backend is out of reach. */
    STALE,
    /** The backend denied it a moment ago, and was not asked again. */
    DENIED;

    /** Its name in events and metrics. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Cache cache;
  private final Observers observers;
  private final AtomicBoolean told = new AtomicBoolean();
  private final Map<Result, LongAdder> counts = new EnumMap<>(Result.class);

  /** All zero; observers are told of it when it counts its first miss. */
  public CacheCounts(Cache cache, Observers observers) {
    this.cache = cache;
    this.observers = observers;
    for (Result result : Result.values()) {
      counts.put(result, new LongAdder());
    }
  }

  /** Returns which cache counts. */
  public Cache cache() {
    return cache;
  }

  /** Counts one object. */
  public void add(Result result) {
    counts.get(result).increment();
    if (result == Result.MISS && told.compareAndSet(false, true)) {
      observers.counting(this);
    }
  }

  /** Returns how many objects were served so, since the beginning. */
  public long sum(Result result) {
    return counts.get(result).sum();
  }
}
