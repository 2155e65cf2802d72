package dev.keyhold.epoch;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.observe.CacheCounts;
import dev.keyhold.observe.CacheCounts.Result;
import dev.keyhold.observe.Observers;
import dev.keyhold.observe.Renewal.Cause;
import dev.keyhold.platform.Daemons;
import dev.keyhold.platform.OnceAMinute;
import dev.keyhold.policy.Policy;
import dev.keyhold.thirdparty.caffeine.cache.Cache;
import dev.keyhold.thirdparty.caffeine.cache.Caffeine;
import dev.keyhold.thirdparty.caffeine.cache.Expiry;
import dev.keyhold.thirdparty.caffeine.cache.Scheduler;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The epoch keys that new objects use, one at a time for each policy. A daemon thread renews one
 * before it ends, while objects continue to use it. Only if it has ended do the users of its policy
 * wait for the next one. A policy that is not used any more is evicted. An evicted key is zeroed.
 * Thread-safe.
 */
public final class WritingEpochs implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.keyhold.envelope");

  /** The maximum number of policies, and tenants of them, that have an epoch key at once. */
  private static final int MAX_POLICIES = 1 << 16;

  /** A power of two. */
  private static final int RECENT = 64;

  /** The cache is told of a use so many times, at least, before it would forget the policy. */
  private static final int TELLINGS = 100;

  private static final int RENEWING_THREADS = 32;
  private static final Duration IDLE = Duration.ofSeconds(10);

  private final EpochMaker maker;

  /** Null where epoch keys are not shared. */
  private final FleetEpochs fleet;

  private final EpochLimits limits;
  private final OnceAMinute warnings;
  private final Observers observers;
  private final CacheCounts counts;
  private final Cache<Policy, Current> policies;

  /**
   * The entries that were used last, so that most objects do not need the cache, which records each
   * access.
   */
  private final AtomicReferenceArray<Recent> recent = new AtomicReferenceArray<>(RECENT);

  private final ThreadPoolExecutor renewing;
  private volatile boolean closed;

  /** A policy, by its identity, and when the cache was last asked for what it uses. */
  private record Recent(Policy policy, Current current, long asked) {}

  public WritingEpochs(
      EpochMaker maker,
      FleetEpochs fleet,
      EpochLimits limits,
      Scheduler scheduler,
      Observers observers) {
    this.maker = maker;
    this.fleet = fleet;
    this.limits = limits;
    warnings = new OnceAMinute(limits.nanoTime());
    this.observers = observers;
    counts = new CacheCounts(CacheCounts.Cache.WRITING, observers);
    policies =
        Caffeine.newBuilder()
            .maximumSize(MAX_POLICIES)
            .expireAfter(
                Expiry.<Policy, Current>accessing((policy, current) -> policy.epochs().maxStale()))
            .ticker(limits.nanoTime()::getAsLong)
            .executor(Runnable::run)
            .scheduler(scheduler)
            .<Policy, Current>removalListener((policy, current, cause) -> current.destroy())
            .build();
    renewing = Daemons.pool("keyhold-epochs", RENEWING_THREADS, IDLE);
  }

  /** The epoch key that a policy's objects use now. */
  private final class Current {
    private final Policy policy;
    private final AtomicReference<FutureTask<WritingEpoch>> current = new AtomicReference<>();
    private final AtomicBoolean renews = new AtomicBoolean();

    /** Null before the first outage. */
    private volatile Long outOfReachUntil;

    private volatile boolean forgotten;

    Current(Policy policy) {
      this.policy = policy;
    }

    WritingEpoch get(long asked) throws BackendException {
      long now = asked;
      while (true) {
        FutureTask<WritingEpoch> task = current.get();
        boolean ended = task != null && task.isDone();
        WritingEpoch last = ended ? ofOthers(task) : null;
        if (ended && last == null) {
          now = limits.nanoTime().getAsLong();
          continue;
        }
        WritingEpoch epoch;
        if (task == null || (last != null && !serves(last, now))) {
          FutureTask<WritingEpoch> next = new FutureTask<>(() -> renewed(last));
          if (!current.compareAndSet(task, next)) {
            continue;
          }
          next.run();
          if (OneCaller.failed(next)) {
            putBack(task, last, next);
          } else {
            letGo(last, next);
          }
          destroyIfForgotten(next);
          task = next;
          epoch = await(next);
          now = limits.nanoTime().getAsLong();
        } else if (last != null) {
          epoch = last;
        } else {
          epoch = ofOthers(task);
          now = limits.nanoTime().getAsLong();
        }
        if (epoch != null && serves(epoch, now)) {
          return used(task, epoch, last, now);
        }
      }
    }

    /**
     * Returns what another thread asked for; null if that one gave up, so that this one asks
     * itself.
     */
    private WritingEpoch ofOthers(FutureTask<WritingEpoch> task) throws BackendException {
      try {
        return await(task);
      } catch (BackendException | IllegalStateException e) {
        if (!OneCaller.isAnother(e)) {
          throw e;
        }
        Thread.onSpinWait(); // it restores the former one
        return null;
      }
    }

    /** Counts a use, and has the key renewed when it is time. */
    private WritingEpoch used(
        FutureTask<WritingEpoch> task, WritingEpoch epoch, WritingEpoch last, long now) {
      boolean ended = epoch.hasEnded(now);
      counts.add(epoch != last ? Result.MISS : ended ? Result.STALE : Result.HIT);
      boolean ahead = !ended && epoch.growsOld(now);
      if (!renews.get()
          && (ahead || epoch.isToBeCompleted(now))
          && renews.compareAndSet(false, true)) {
        renewAhead(task, epoch, !ahead);
      }
      return epoch;
    }

    /** Leaves all as it was for the others: the thread that renewed was interrupted. */
    private void putBack(
        FutureTask<WritingEpoch> task, WritingEpoch last, FutureTask<WritingEpoch> failed) {
      if (!current.compareAndSet(failed, task) && last != null) {
        last.destroy(); // forgotten meanwhile
      }
    }

    /**
     * Returns whether new objects use it: until it ends, and in an outage as long as the policy
     * tolerates.
     */
    private boolean serves(WritingEpoch epoch, long now) {
      return !epoch.hasEnded(now) || (epoch.servesInOutage(now) && isOutOfReach(now));
    }

    /**
     * Returns a new one; the last one, if the backend is out of reach and the policy tolerates
     * that.
     */
    private WritingEpoch renewed(WritingEpoch last) throws BackendException {
      try {
        Cause cause = last == null ? Cause.FIRST : Cause.END;
        return observers.renewal(policy.alias(), cause, () -> make(policy, last, false));
      } catch (BackendException e) {
        if (e.reason() != Reason.UNAVAILABLE
            || OneCaller.concerns(e)
            || last == null
            || !last.servesInOutage(limits.nanoTime().getAsLong())) {
          throw e;
        }
        outOfReachUntil = limits.nanoTime().getAsLong() + EpochLimits.PAUSE_NANOS;
        logNotRenewed(Level.WARNING, e);
        return last;
      }
    }

    /** Destroys a key that another one has replaced, or that ended and has no successor. */
    private void letGo(WritingEpoch last, FutureTask<WritingEpoch> next) throws BackendException {
      boolean stays = false;
      try {
        stays = await(next) == last;
      } finally {
        if (last != null && !stays) {
          last.destroy();
        }
      }
    }

    private boolean isOutOfReach(long now) {
      Long until = outOfReachUntil;
      return until != null && now - until < 0;
    }

    private WritingEpoch await(FutureTask<WritingEpoch> task) throws BackendException {
      try {
        return task.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new BackendException(
            Reason.UNAVAILABLE, "interrupted while waiting for an epoch key", e);
      } catch (ExecutionException e) {
        if (!OneCaller.concerns(e)) {
          current.compareAndSet(task, null); // the next one tries again
        }
        if (e.getCause() instanceof BackendException failure) {
          throw failure;
        }
        throw new IllegalStateException(e.getCause());
      }
    }

    private void logNotRenewed(Level level, BackendException e) {
      if (warnings.isDue(policy.alias())) {
        LOG.log(
            level,
            "the epoch key of alias {0} is not renewed yet: {1}",
            policy.alias(),
            e.getMessage());
      }
    }

    /**
     * Makes the next one while the old one is in use.
     *
     * @param onlyWhole only if it has all keys of the policy: the old one is young, and lacks some
     */
    private void renewAhead(FutureTask<WritingEpoch> old, WritingEpoch last, boolean onlyWhole) {
      try {
        renewing.execute(() -> renew(old, last, onlyWhole));
      } catch (RejectedExecutionException e) {
        renews.set(false); // closed meanwhile
      }
    }

    private void renew(FutureTask<WritingEpoch> old, WritingEpoch last, boolean onlyWhole) {
      try {
        WritingEpoch epoch =
            observers.renewal(policy.alias(), Cause.AHEAD, () -> make(policy, last, onlyWhole));
        FutureTask<WritingEpoch> next = new FutureTask<>(() -> epoch);
        next.run();
        boolean replaced = current.compareAndSet(old, next);
        (replaced ? last : epoch).destroy();
        destroyIfForgotten(next);
      } catch (BackendException e) {
        logNotRenewed(onlyWhole ? Level.DEBUG : Level.WARNING, e);
      } finally {
        renews.set(false);
      }
    }

    /** Destroys an epoch key that was made while its policy was removed: nothing uses it. */
    private void destroyIfForgotten(FutureTask<WritingEpoch> made) {
      if (forgotten) {
        destroy();
        destroy(made); // it was not done yet when the policy was forgotten
      }
    }

    void destroy() {
      forgotten = true;
      destroy(current.getAndSet(null));
    }

    private static void destroy(FutureTask<WritingEpoch> task) {
      if (task == null || !task.isDone()) {
        return;
      }
      try {
        task.get().destroy();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (ExecutionException e) {
        LOG.log(Level.DEBUG, "there was no epoch key to destroy", e);
      }
    }
  }

  /** Returns the epoch key for a new object of a policy. */
  @SuppressWarnings("ReferenceEquality") // an equal policy only misses the short cut
  public WritingEpoch current(Policy policy) throws BackendException {
    if (closed) {
      throw new BackendException(Reason.UNAVAILABLE, "the provider is closed");
    }
    int slot = System.identityHashCode(policy) & (RECENT - 1);
    Recent known = recent.get(slot);
    long now = limits.nanoTime().getAsLong();
    if (known != null
        && known.policy() == policy
        && !known.current().forgotten
        && now - known.asked() < policy.epochs().maxStale().toNanos() / TELLINGS) {
      return known.current().get(now);
    }
    Current current = policies.get(policy, Current::new);
    recent.set(slot, new Recent(policy, current, now));
    return current.get(now);
  }

  private WritingEpoch make(Policy policy, WritingEpoch last, boolean onlyWhole)
      throws BackendException {
    long begun = limits.nanoTime().getAsLong();
    FleetEpochs.Shared taken =
        fleet == null
            ? new FleetEpochs.Shared(null, maker.make(policy, onlyWhole))
            : fleet.take(policy, onlyWhole, last != null && last.isWorn() ? last.place() : null);
    return new WritingEpoch(taken, policy.epochs(), begun, last);
  }

  /** Destroys all keys; the next object of each policy takes a new one. */
  public void forget() {
    policies.invalidateAll();
    policies.cleanUp();
    for (int slot = 0; slot < RECENT; slot++) {
      recent.set(slot, null);
    }
  }

  @Override
  public void close() {
    closed = true;
    renewing.shutdownNow();
    forget();
    if (fleet != null) {
      fleet.close();
    }
  }
}
