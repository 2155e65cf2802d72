package dev.keyhold.keys;

import dev.keyhold.gate.KeyRouter;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.policy.KeyRef;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Calls for one object to several keys of an any-of, each at most once. A call that takes longer
 * than its share of the time goes on while the next key is asked; the first answer is taken. A call
 * whose result is not needed any more ends at its own deadline, so that its backend's breaker
 * counts it, and its result is zeroed. Not thread-safe.
 */
final class Hedge implements AutoCloseable {
  private static final Duration LONGEST_SHARE = Duration.ofSeconds(1);
  private static final int SHARES = 10;

  private final KeyRouter router;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Answer> answers = new ArrayDeque<>();
  private final List<Pending> underWay = new ArrayList<>();
  private boolean closed;
  private boolean cancelled;

  /** A call to one key. */
  @FunctionalInterface
  interface Call {
    byte[] run() throws BackendException;
  }

  private record Pending(KeyRef key, FutureTask<Void> task) {}

  /** The result of a call: a key, or a failure. The caller zeroes the key. */
  static final class Answer {
    private final KeyRef key;
    private final byte[] topKey;
    private final BackendException failure;

    private Answer(KeyRef key, byte[] topKey, BackendException failure) {
      this.key = key;
      this.topKey = topKey;
      this.failure = failure;
    }

    KeyRef key() {
      return key;
    }

    /** Returns the key itself; null after a failure. */
    byte[] topKey() {
      return topKey;
    }

    /** Returns the failure; null for none. */
    BackendException failure() {
      return failure;
    }
  }

  Hedge(KeyRouter router) {
    this.router = router;
  }

  /** Returns whether calls are under way. */
  boolean isWaiting() {
    return !underWay.isEmpty();
  }

  /** Begins a call on a thread of its own. */
  void begin(KeyRef key, Call call) {
    if (cancelled) {
      return;
    }
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              answer(key, call);
              return null;
            });
    underWay.add(new Pending(key, task));
    router.runApart(task);
  }

  private void answer(KeyRef key, Call call) {
    byte[] topKey = null;
    BackendException failure = null;
    try {
      topKey = call.run();
    } catch (BackendException e) {
      failure = e;
    } catch (RuntimeException | Error e) {
      failure =
          new BackendException(
              Reason.UNAVAILABLE, "unwrap with key " + key.key() + " failed unexpectedly", e);
    }
    lock.lock();
    try {
      if (!closed) {
        answers.add(new Answer(key, topKey, failure));
        changed.signal();
      } else if (topKey != null) {
        Arrays.fill(topKey, (byte) 0);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns the time to wait for a key before another is asked: zero for one whose backend failed
   * too often in a row.
   */
  Duration share(KeyRef key) {
    if (router.facts().isSuspect(key.backend())) {
      return Duration.ZERO;
    }
    return share(router.facts().deadline(key.backend()));
  }

  /** Returns the time to wait for one of several keys before another is asked. */
  static Duration share(Duration deadline) {
    Duration share = deadline.dividedBy(SHARES);
    return share.compareTo(LONGEST_SHARE) < 0 ? share : LONGEST_SHARE;
  }

  /** Waits for the end of a call, however long it takes. */
  Answer next() throws InterruptedException {
    return next(Long.MAX_VALUE);
  }

  /** Waits for the end of a call; returns null if none ended in this time. */
  Answer next(Duration time) throws InterruptedException {
    return next(time.toNanos());
  }

  private Answer next(long nanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = nanos;
      while (answers.isEmpty()) {
        if (left <= 0) {
          return null;
        }
        left = changed.awaitNanos(left);
      }
      Answer answer = answers.remove();
      underWay.removeIf(pending -> pending.key().equals(answer.key()));
      return answer;
    } finally {
      lock.unlock();
    }
  }

  /** Interrupts the calls that are under way, and begins no more. */
  void cancel() {
    cancelled = true;
    underWay.forEach(pending -> pending.task().cancel(true));
    underWay.clear();
  }

  /** Waits for no call any more. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      for (Answer answer : answers) {
        if (answer.topKey() != null) {
          Arrays.fill(answer.topKey(), (byte) 0);
        }
      }
      answers.clear();
    } finally {
      lock.unlock();
    }
  }
}
