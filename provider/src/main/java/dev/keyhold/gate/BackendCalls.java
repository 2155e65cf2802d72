package dev.keyhold.gate;

import dev.keyhold.config.BackendSettings;
import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.observe.Observers;
import dev.keyhold.observe.Outcome;
import dev.keyhold.observe.Watch;
import dev.keyhold.platform.Daemons;
import dev.keyhold.thirdparty.failsafe.Failsafe;
import dev.keyhold.thirdparty.failsafe.FailsafeException;
import dev.keyhold.thirdparty.failsafe.FailsafeExecutor;
import dev.keyhold.thirdparty.failsafe.RateLimiter;
import dev.keyhold.thirdparty.failsafe.RetryPolicy;
import dev.keyhold.thirdparty.failsafe.function.CheckedSupplier;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs calls to one backend: under a deadline, with retries, a circuit breaker and a limit of rate
 * where the backend is remote; on the caller's thread where it is not. A remote call runs on one of
 * a bounded number of daemon threads, so that a module that hangs holds those and never the
 * application's; after a number of failed uses in a row, further ones fail at once for a while.
 * Denied and bad ciphertext are answers, not failures: forged objects don't open the breaker. A
 * change is made once, and has a deadline of its own. The backend builds its client before the
 * first call, outside of any deadline. Thread-safe.
 */
final class BackendCalls implements AutoCloseable {
  private static final int MAX_ATTEMPTS = 4;
  private static final Duration IDLE = Duration.ofSeconds(30);

  /** One attempt at something. */
  @FunctionalInterface
  interface Call<T> {
    T on(Backend backend) throws BackendException;
  }

  /** A call that this side refused: it says nothing about the backend, and is no failure of it. */
  private static final class NotAsked extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Outcome why;

    NotAsked(Outcome why, String message, Throwable cause) {
      super(message, cause, false, false);
      this.why = why;
    }

    BackendException toBackendException() {
      return new BackendException(Reason.UNAVAILABLE, getMessage(), getCause());
    }
  }

  private final BackendSettings settings;
  private final Backend backend;
  private final Duration deadline;
  private final ThreadPoolExecutor threads;
  private final Set<FutureTask<?>> underWay = ConcurrentHashMap.newKeySet();
  private final int callsPerSecond;
  private final Preparation preparation;
  private final Breaker breaker;
  private final FailsafeExecutor<Object> retrying;

  /** Null where the rate is not limited. */
  private final RateLimiter<Object> limiter;

  BackendCalls(BackendSettings settings, Observers observers) {
    this.settings = settings;
    backend = settings.open();
    preparation = new Preparation(backend, settings.backend());
    deadline = settings.deadline();
    callsPerSecond = settings.callsPerSecond();
    threads =
        backend.isRemote()
            ? Daemons.pool("keyhold-" + settings.backend(), settings.threads(), IDLE)
            : null;
    breaker =
        new Breaker(
            settings.breakerFailures(),
            settings.breakerPause(),
            System::nanoTime,
            state -> observers.breakerChanged(settings.backend(), state));
    retrying = Failsafe.with(retryPolicy(deadline));
    limiter =
        callsPerSecond == 0
            ? null
            : RateLimiter.burstyBuilder(callsPerSecond, Duration.ofSeconds(1)).build();
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

  /** Makes a remote backend build its client in the background. */
  void warmUp() {
    if (threads != null) {
      preparation.begin();
    }
  }

  BackendSettings settings() {
    return settings;
  }

  /** Returns whether a use would be refused now. */
  boolean isLeftAlone() {
    return breaker.refuses();
  }

  /** Returns whether the backend failed too often in a row and has not answered since. */
  boolean isSuspect() {
    return breaker.isOpen();
  }

  /** Returns the number of calls that wait for a thread. */
  int queued() {
    return threads == null ? 0 : threads.getQueue().size();
  }

  /** Starts one use of a key. */
  Use use(Watch watch) {
    return new Use(watch);
  }

  /** One use of a key; for one thread. */
  final class Use {
    private final Watch watch;
    private Duration limit = deadline;
    private long end;
    private volatile boolean begun;

    private Use(Watch watch) {
      this.watch = watch;
    }

    /** Makes a call that may be made again when its outcome is unknown. */
    <T> T repeatable(Call<T> call) throws BackendException {
      if (threads == null) {
        return here(call);
      }
      begin(deadline);
      return guarded(() -> retrying.get(context -> attempt(call, context.getLastException())));
    }

    /**
     * Makes a call that changes something: once, whatever its outcome, and under a deadline of its
     * own.
     *
     * @throws BackendException with {@link BackendException#isOutcomeUnknown} if the change may
     *     have been made, or may still be
     */
    <T> T once(Call<T> call) throws BackendException {
      if (threads == null) {
        return here(call);
      }
      if (Thread.interrupted()) {
        throw interrupted(new InterruptedException());
      }
      begin(settings.changeDeadline());
      try {
        return guarded(() -> attempt(call, null));
      } catch (BackendException e) {
        throw begun && e.reason() == Reason.UNAVAILABLE ? e.withOutcomeUnknown() : e;
      }
    }

    private void begin(Duration time) throws BackendException {
      preparation.await();
      limit = time;
      end = System.nanoTime() + time.toNanos();
    }

    private <T> T here(Call<T> call) throws BackendException {
      watch.attempt(null);
      return call.on(backend);
    }

    /**
     * Guards a use: it counts once for the breaker, however many attempts it takes, and each
     * attempt takes one permit.
     */
    private <T> T guarded(CheckedSupplier<T> use) throws BackendException {
      if (!breaker.permits()) {
        watch.refused(Outcome.BREAKER_OPEN);
        throw new BackendException(Reason.UNAVAILABLE, breaker.refusal());
      }
      boolean answered = false;
      String failed = null;
      try {
        T result = use.get();
        answered = true;
        return result;
      } catch (NotAsked e) {
        watch.refused(e.why);
        throw e.toBackendException();
      } catch (Throwable e) {
        BackendException failure = backendException(e);
        if (isFailure(failure)) {
          failed = failure.getMessage();
        }
        answered =
            failed == null && !isInterrupt(failure) && failure.reason() != Reason.MISCONFIGURED;
        throw failure;
      } finally {
        if (answered) {
          breaker.answered();
        } else if (failed != null) {
          breaker.failed(failed);
        } else {
          breaker.endedWithoutAnswer();
        }
      }
    }

    private <T> T begin(Call<T> call) throws BackendException {
      begun = true;
      return call.on(backend);
    }

    private <T> T attempt(Call<T> call, Throwable before) throws Exception {
      awaitPermit(end);
      watch.attempt(before);
      FutureTask<T> future = new FutureTask<>(watch.around(() -> begin(call)));
      underWay.add(future);
      try {
        threads.execute(future);
        return future.get(Math.max(end - System.nanoTime(), 0), TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException | CancellationException e) {
        throw new NotAsked(Outcome.CLOSED, "this Keyhold provider is closed", e);
      } catch (TimeoutException e) {
        throw new BackendException(
            Reason.UNAVAILABLE,
            "no answer within " + limit.toMillis() + " ms; see whether the backend is up",
            e);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Error error) {
          throw error;
        }
        throw (Exception) e.getCause();
      } finally {
        underWay.remove(future);
        if (!future.isDone()) {
          future.cancel(true);
          threads.remove(future); // one that never began need not wait in the queue
        }
      }
    }
  }

  static BackendException backendException(Throwable thrown) {
    Throwable failure = thrown instanceof FailsafeException e ? e.getCause() : thrown;
    if (failure instanceof BackendException e) {
      return e;
    }
    if (failure instanceof InterruptedException e) {
      return interrupted(e);
    }
    if (failure instanceof LinkageError e) {
      return new BackendException(
          Reason.MISCONFIGURED,
          "a library on the class path is missing, or has another version than the backend needs: "
              + e,
          e);
    }
    if (failure instanceof Error e) {
      throw e;
    }
    if (failure instanceof IllegalArgumentException e) {
      throw e;
    }
    return new BackendException(
        Reason.UNAVAILABLE,
        "the backend failed unexpectedly (%s): a defect of it; the cause says more"
            .formatted(failure.getClass().getName()),
        failure);
  }

  private void awaitPermit(long end) throws InterruptedException {
    Duration left = Duration.ofNanos(Math.max(end - System.nanoTime(), 0));
    if (limiter != null && !limiter.tryAcquirePermit(left)) {
      throw new NotAsked(
          Outcome.RATE_LIMITED,
          "more than the %s calls a second that are configured (calls-per-second)"
              .formatted(callsPerSecond),
          null);
    }
  }

  static BackendException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new BackendException(Reason.UNAVAILABLE, "the calling thread was interrupted", cause);
  }

  private static boolean isInterrupt(BackendException failure) {
    return failure.getCause() instanceof InterruptedException;
  }

  private static boolean isFailure(BackendException failure) {
    return failure.reason() == Reason.UNAVAILABLE && !isInterrupt(failure);
  }

  private static boolean mayRetry(Throwable failure) {
    return failure instanceof BackendException e
        && isFailure(e)
        && !(e.getCause() instanceof TimeoutException);
  }

  /**
   * Closes the backend. Calls under way are interrupted, and threads that wait for one get an
   * error.
   */
  @Override
  public void close() {
    if (threads != null) {
      threads.shutdownNow();
      underWay.forEach(future -> future.cancel(true));
    }
    backend.close();
  }
}
