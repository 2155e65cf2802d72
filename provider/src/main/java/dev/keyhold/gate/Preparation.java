package dev.keyhold.gate;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.platform.Daemons;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Makes a backend build its client before its first call, outside the deadline of any use. It runs
 * on its own thread: however many uses wait for it, none of them can interrupt it for the others.
 * After a failure, the next use tries again. Thread-safe.
 */
final class Preparation {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final Backend backend;
  private final String name;
  private final AtomicReference<FutureTask<Void>> running = new AtomicReference<>();
  private volatile boolean done;

  Preparation(Backend backend, String name) {
    this.backend = backend;
    this.name = name;
  }

  /** Begins in the background, if nobody has. */
  void begin() {
    FutureTask<Void> unused = started();
  }

  private FutureTask<Void> started() {
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              backend.prepare();
              done = true;
              return null;
            });
    FutureTask<Void> other = running.compareAndExchange(null, task);
    if (other != null) {
      return other;
    }
    Daemons.thread("keyhold-" + name + "-preparation", task).start();
    return task;
  }

  /** Returns once the backend can be called. */
  void await() throws BackendException {
    if (done) {
      return;
    }
    FutureTask<Void> task = started();
    try {
      task.get(LIMIT.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      throw BackendCalls.interrupted(e);
    } catch (TimeoutException e) {
      throw new BackendException(
          Reason.UNAVAILABLE,
          "its client is not built after %s s; see whether this host has any processor time left"
              .formatted(LIMIT.toSeconds()),
          e);
    } catch (ExecutionException e) {
      running.compareAndSet(task, null);
      throw BackendCalls.backendException(e.getCause());
    }
  }
}
