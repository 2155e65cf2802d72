package dev.keyhold.gate;

import dev.keyhold.observe.BreakerState;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * A circuit breaker. After a number of failures in a row it refuses uses, except that one use after
 * each pause tests the backend. The next test does not wait for the end of the one before, so that
 * a test that hangs does not prolong an outage. Thread-safe.
 */
final class Breaker {
  private final int threshold;
  private final long pauseNanos;
  private final LongSupplier nanoTime;
  private final Consumer<BreakerState> listener;

  private final ReentrantLock lock = new ReentrantLock();
  private volatile BreakerState state = BreakerState.CLOSED;
  private volatile long nextTest;
  private volatile String lastFailure = "";
  private volatile int failures;

  Breaker(int threshold, Duration pause, LongSupplier nanoTime, Consumer<BreakerState> listener) {
    this.threshold = threshold;
    this.pauseNanos = pause.toNanos();
    this.nanoTime = nanoTime;
    this.listener = listener;
  }

  /** Returns whether a use may go on. Each use that may reports its outcome once. */
  boolean permits() {
    if (state == BreakerState.CLOSED) {
      return true;
    }
    lock.lock();
    try {
      if (state == BreakerState.CLOSED) {
        return true;
      }
      long now = nanoTime.getAsLong();
      if (now - nextTest < 0) {
        return false;
      }
      nextTest = now + pauseNanos;
      become(BreakerState.HALF_OPEN);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Records that the backend answered, be it with a refusal. */
  void answered() {
    if (failures == 0 && state == BreakerState.CLOSED) {
      return;
    }
    lock.lock();
    try {
      failures = 0;
      become(BreakerState.CLOSED);
    } finally {
      lock.unlock();
    }
  }

  /** Records that the backend failed. */
  void failed(String message) {
    lock.lock();
    try {
      lastFailure = message;
      failures = failures == Integer.MAX_VALUE ? failures : failures + 1;
      if (state != BreakerState.CLOSED || failures >= threshold) {
        nextTest = nanoTime.getAsLong() + pauseNanos;
        become(BreakerState.OPEN);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Records that a use ended without telling anything of the backend. */
  void endedWithoutAnswer() {
    lock.lock();
    try {
      if (state == BreakerState.HALF_OPEN) {
        become(BreakerState.OPEN);
      }
    } finally {
      lock.unlock();
    }
  }

  private void become(BreakerState next) {
    if (state != next) {
      state = next;
      listener.accept(next);
    }
  }

  /** Returns whether the backend failed too often in a row and has not answered since. */
  boolean isOpen() {
    return state != BreakerState.CLOSED;
  }

  /** Returns whether a use would be refused now. */
  boolean refuses() {
    return isOpen() && nextTest - nanoTime.getAsLong() > 0;
  }

  /** Returns the reason why uses are refused, and the time from which on one is tried again. */
  String refusal() {
    long millis = Math.max(0, (nextTest - nanoTime.getAsLong() + 999_999) / 1_000_000);
    return "the backend failed %s times in a row, the last time with: %s; the next use after %s ms asks it again"
        .formatted(failures, lastFailure, millis);
  }
}
