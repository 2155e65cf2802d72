package dev.keyhold.routing;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.RetryPolicy;
import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs calls to one backend: under a deadline and with retries where the backend is remote, on the
 * caller's thread where it is not. A remote call runs on one of a bounded number of daemon threads,
 * so that a module that hangs holds those and never the application's. Thread-safe.
 */
final class BackendCalls implements AutoCloseable {
  private static final int MAX_ATTEMPTS = 4;
  private static final Duration IDLE = Duration.ofSeconds(30);

  /** One attempt at something. */
  @FunctionalInterface
  interface Call<T> {
    T on(Backend backend) throws BackendException;
  }

  private final Backend backend;
  private final Duration deadline;
  private final ThreadPoolExecutor threads;
  private final FailsafeExecutor<Object> retrying;

  BackendCalls(BackendSettings settings) {
    backend = settings.connect();
    deadline = settings.deadline();
    threads = backend.isRemote() ? threads(settings) : null;
    retrying = Failsafe.with(retryPolicy(deadline));
  }

  private static RetryPolicy<Object> retryPolicy(Duration deadline) {
    long firstPause = Math.max(1, Math.min(50, deadline.toMillis() / 20));
    return RetryPolicy.builder()
        .handleIf(BackendCalls::mayRetry)
        .withMaxAttempts(MAX_ATTEMPTS)
        .withBackoff(firstPause, 20 * firstPause, ChronoUnit.MILLIS)
        .withJitter(0.5)
        .withMaxDuration(deadline)
        .build();
  }

  Backend backend() {
    return backend;
  }

  /** A call that may be made again when its outcome is unknown. */
  <T> T repeatable(Call<T> call) throws BackendException {
    if (threads == null) {
      return call.on(backend);
    }
    long end = System.nanoTime() + deadline.toNanos();
    try {
      return retrying.get(() -> attempt(call, end - System.nanoTime()));
    } catch (FailsafeException e) {
      if (e.getCause() instanceof BackendException failure) {
        throw failure;
      }
      throw interrupted(e);
    }
  }

  /** A call that changes something, and is made once. */
  <T> T once(Call<T> call) throws BackendException {
    return threads == null ? call.on(backend) : attempt(call, deadline.toNanos());
  }

  private <T> T attempt(Call<T> call, long nanos) throws BackendException {
    Future<T> future;
    try {
      future = threads.submit(() -> call.on(backend));
    } catch (RejectedExecutionException e) {
      throw new BackendException(Reason.UNAVAILABLE, "the provider is closed", e);
    }
    try {
      return future.get(Math.max(nanos, 0), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new BackendException(
          Reason.UNAVAILABLE,
          "no answer within " + deadline.toMillis() + " ms; see whether the backend is up",
          e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BackendException failure) {
        throw failure;
      }
      throw new BackendException(
          Reason.UNAVAILABLE, "the backend failed unexpectedly: " + e.getCause(), e.getCause());
    } finally {
      future.cancel(true);
    }
  }

  private static BackendException interrupted(Exception cause) {
    Thread.currentThread().interrupt();
    return new BackendException(Reason.UNAVAILABLE, "the calling thread was interrupted", cause);
  }

  private static boolean mayRetry(Throwable failure) {
    return failure instanceof BackendException e
        && e.reason() == Reason.UNAVAILABLE
        && !(e.getCause() instanceof InterruptedException)
        && !(e.getCause() instanceof TimeoutException);
  }

  private static ThreadPoolExecutor threads(BackendSettings settings) {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            settings.threads(),
            settings.threads(),
            IDLE.toSeconds(),
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread =
                  new Thread(
                      task, "keyhold-" + settings.backend() + "-" + number.incrementAndGet());
              thread.setDaemon(true);
              thread.setContextClassLoader(null); // holds no application that is redeployed
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  /** Closes the backend; calls in flight are interrupted. */
  @Override
  public void close() {
    if (threads != null) {
      threads.shutdownNow();
    }
    backend.close();
  }
}
