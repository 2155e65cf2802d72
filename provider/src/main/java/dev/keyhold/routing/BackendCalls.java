package dev.keyhold.routing;

import dev.failsafe.CircuitBreaker;
import dev.failsafe.CircuitBreakerOpenException;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.RateLimitExceededException;
import dev.failsafe.RateLimiter;
import dev.failsafe.RetryPolicy;
import dev.failsafe.function.CheckedSupplier;
import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs calls to one backend: under a deadline, with retries, a circuit breaker and a limit of rate
 * where the backend is remote; on the caller's thread where it is not. A remote call runs on one of
 * a bounded number of daemon threads, so that a module that hangs holds those and never the
 * application's; after a number of failed uses in a row, further ones fail at once for a while.
 * Denied and bad ciphertext are answers, not failures: forged objects don't open the breaker.
 * Thread-safe.
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
  private final int callsPerSecond;
  private final FailsafeExecutor<Object> retrying;
  private final FailsafeExecutor<Object> single;

  BackendCalls(BackendSettings settings) {
    backend = settings.connect();
    deadline = settings.deadline();
    callsPerSecond = settings.callsPerSecond();
    threads = backend.isRemote() ? threads(settings) : null;
    // a use counts once for the breaker; each attempt takes its permit
    CircuitBreaker<Object> breaker = breaker(settings);
    FailsafeExecutor<Object> guarded = Failsafe.with(breaker);
    FailsafeExecutor<Object> repeated = guarded.compose(retryPolicy(deadline));
    if (callsPerSecond == 0) {
      single = guarded;
      retrying = repeated;
    } else {
      RateLimiter<Object> limiter = rateLimiter();
      single = guarded.compose(limiter);
      retrying = repeated.compose(limiter);
    }
  }

  private static CircuitBreaker<Object> breaker(BackendSettings settings) {
    return CircuitBreaker.builder()
        .handleIf(BackendCalls::isFailure)
        .withFailureThreshold(settings.breakerFailures())
        .withSuccessThreshold(1)
        .withDelay(settings.breakerPause())
        .build();
  }

  private RateLimiter<Object> rateLimiter() {
    return RateLimiter.burstyBuilder(callsPerSecond, Duration.ofSeconds(1))
        .withMaxWaitTime(deadline)
        .build();
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
    return guarded(retrying, () -> attempt(call, end - System.nanoTime()));
  }

  /** A call that changes something, and is made once. */
  <T> T once(Call<T> call) throws BackendException {
    if (threads == null) {
      return call.on(backend);
    }
    long end = System.nanoTime() + deadline.toNanos();
    return guarded(single, () -> attempt(call, end - System.nanoTime()));
  }

  private <T> T guarded(FailsafeExecutor<Object> policies, CheckedSupplier<T> use)
      throws BackendException {
    try {
      return policies.get(use);
    } catch (CircuitBreakerOpenException e) {
      throw new BackendException(
          Reason.UNAVAILABLE,
          "the backend failed too often in a row, so it is left alone for %d ms more; see the errors before"
              .formatted(e.getCircuitBreaker().getRemainingDelay().toMillis()),
          e);
    } catch (RateLimitExceededException e) {
      throw new BackendException(
          Reason.UNAVAILABLE,
          "more than the %d calls a second that are configured (calls-per-second)"
              .formatted(callsPerSecond),
          e);
    } catch (FailsafeException e) {
      if (e.getCause() instanceof BackendException failure) {
        throw failure;
      }
      throw interrupted(e);
    }
  }

  private <T> T attempt(Call<T> call, long nanos) throws BackendException {
    FutureTask<T> future = new FutureTask<>(() -> call.on(backend));
    try {
      threads.execute(future);
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
      if (!future.isDone()) {
        future.cancel(true);
        threads.remove(future); // one that never began need not wait in the queue
      }
    }
  }

  private static BackendException interrupted(Exception cause) {
    Thread.currentThread().interrupt();
    return new BackendException(Reason.UNAVAILABLE, "the calling thread was interrupted", cause);
  }

  private static boolean isFailure(Throwable failure) {
    return failure instanceof BackendException e
        && e.reason() == Reason.UNAVAILABLE
        && !(e.getCause() instanceof InterruptedException);
  }

  private static boolean mayRetry(Throwable failure) {
    return isFailure(failure) && !(failure.getCause() instanceof TimeoutException);
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
