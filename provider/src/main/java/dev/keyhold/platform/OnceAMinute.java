package dev.keyhold.platform;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/** Keeps a warning that holds for many objects from filling the log. Thread-safe. */
public final class OnceAMinute {
  private static final long QUIET_NANOS = 60_000_000_000L;

  /** More than an alias each: then all are said again. */
  private static final int MAX_SUBJECTS = 10_000;

  private final LongSupplier nanoTime;
  private final Map<String, Long> last = new ConcurrentHashMap<>();

  public OnceAMinute(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Whether something is to be said about a subject: true once in a minute for each. */
  public boolean isDue(String subject) {
    if (last.size() > MAX_SUBJECTS) {
      last.clear();
    }
    long now = nanoTime.getAsLong();
    AtomicBoolean due = new AtomicBoolean();
    last.compute(
        subject,
        (s, before) -> {
          due.set(before == null || now - before >= QUIET_NANOS);
          return due.get() ? Long.valueOf(now) : before;
        });
    return due.get();
  }
}
