package dev.keyhold.platform;

import dev.keyhold.keystore.kit.BoundedMemory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/** Keeps a warning that holds for many objects from filling the log. Thread-safe. */
public final class OnceAMinute {
  private static final long QUIET_NANOS = 60_000_000_000L;

  /**
   * The maximum number of subjects that are remembered; if there are more, the one that was not
   * asked for the longest time is reported again.
   */
  private static final int MAX_SUBJECTS = 10_000;

  private final LongSupplier nanoTime;
  private final BoundedMemory<String, Long> last = new BoundedMemory<>(MAX_SUBJECTS);

  public OnceAMinute(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Returns whether something is to be said about a subject: true once in a minute for each. */
  public boolean isDue(String subject) {
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
