package dev.keyhold.envelope;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.keyhold.envelope.Board.Place;
import dev.keyhold.envelope.EpochMaker.Made;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.observe.CacheCounts;
import dev.keyhold.observe.CacheCounts.Result;
import dev.keyhold.observe.Observers;
import dev.keyhold.observe.Renewal.Cause;
import dev.keyhold.routing.EpochBounds;
import dev.keyhold.routing.Policy;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * The epoch keys that new objects use, one at a time for each policy. One that grows old is renewed
 * ahead, by a daemon thread, while objects go on with it; only one that has ended is waited for, by
 * the users of its policy alone. A policy that is not used any more is forgotten. A key that leaves
 * is zeroed. Thread-safe.
 */
final class WritingEpochs implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.keyhold.envelope");

  /** So many policies, and tenants of them, have an epoch key at once. */
  private static final int MAX_POLICIES = 1 << 16;

  private static final int RENEWING_THREADS = 32;

  /** So often it is tried to replace an epoch key that lacks a key of its policy. */
  private static final long COMPLETION_NANOS = 30_000_000_000L;

  private final EpochMaker maker;

  /** Null where epoch keys are not shared. */
  private final FleetEpochs fleet;

  private final EpochLimits limits;
  private final Observers observers;
  private final CacheCounts counts;
  private final Cache<Policy, Current> policies;
  private final ThreadPoolExecutor renewing;
  private volatile boolean closed;

  WritingEpochs(EpochMaker maker, FleetEpochs fleet, EpochLimits limits, Observers observers) {
    this.maker = maker;
    this.fleet = fleet;
    this.limits = limits;
    this.observers = observers;
    counts = new CacheCounts(CacheCounts.Cache.WRITING, observers);
    policies =
        Caffeine.newBuilder()
            .maximumSize(MAX_POLICIES)
            .expireAfter(
                Expiry.<Policy, Current>accessing((policy, current) -> policy.epochs().maxStale()))
            .ticker(limits.nanoTime()::getAsLong)
            .executor(Runnable::run)
            .<Policy, Current>removalListener((policy, current, cause) -> current.destroy())
            .build();
    renewing =
        new ThreadPoolExecutor(
            RENEWING_THREADS,
            RENEWING_THREADS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            WritingEpochs::thread);
    renewing.allowCoreThreadTimeOut(true);
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "keyhold-epochs");
    thread.setDaemon(true);
    thread.setContextClassLoader(null);
    return thread;
  }

  /** How much a process did under an epoch key; goes on if it takes the same key again. */
  private static final class Usage {
    private final LongAdder objects = new LongAdder();
    private final LongAdder bytes = new LongAdder();
  }

  /** An epoch key in use, and the header that all its objects have. */
  final class Epoch {
    private final EpochKey key;
    private final byte[] header;
    private final EpochBounds bounds;
    private final Usage usage;
    private final long begun;

    /** Where it is on the board; null if on none. */
    private final Place place;

    /**
     * From 70 to 90 % of the age, so that a fleet that started together does not renew together.
     */
    private final long renewAfter;

    /** When it is next tried to have one with all keys; null for one that has all. */
    private final AtomicLong completion;

    private Epoch(Made made, Place place, EpochBounds bounds, Usage usage, long begun) {
      this.key = new EpochKey(made.topKey());
      this.header = made.header();
      this.place = place;
      this.bounds = bounds;
      this.usage = usage;
      this.begun = begun;
      completion = made.lacksKeys() ? new AtomicLong(begun + COMPLETION_NANOS) : null;
      renewAfter =
          (long)
              (bounds.maxAge().toNanos() * (0.7 + 0.2 * ThreadLocalRandom.current().nextDouble()));
    }

    /**
     * Header, MAC included, and wrapped data key: all that stands before an object's salt.
     *
     * @throws IllegalStateException if it was destroyed meanwhile: there is another one
     */
    byte[] begin(Engine engine, byte[] salt, byte[] dataKey) {
      byte[] wrapped = key.wrap(engine, salt, dataKey);
      byte[] start = Arrays.copyOf(header, header.length + wrapped.length);
      System.arraycopy(wrapped, 0, start, header.length, wrapped.length);
      usage.objects.increment();
      return start;
    }

    /** To be told of the plaintext's bytes. */
    LongAdder bytes() {
      return usage.bytes;
    }

    boolean isDestroyed() {
      return key.isDestroyed();
    }

    private long age() {
      return limits.nanoTime().getAsLong() - begun;
    }

    private boolean isUsedUp() {
      return usage.objects.sum() >= bounds.maxObjects() || usage.bytes.sum() >= bounds.maxBytes();
    }

    /** Whether it is used up, or soon will be. */
    private boolean isWorn() {
      return usage.objects.sum() >= bounds.maxObjects() - bounds.maxObjects() / 10
          || usage.bytes.sum() >= bounds.maxBytes() - bounds.maxBytes() / 10;
    }

    private boolean hasEnded() {
      return age() >= bounds.maxAge().toNanos() || isUsedUp();
    }

    /** Whether it may serve while the backend is out of reach. */
    private boolean servesInOutage() {
      return age() < bounds.maxStale().toNanos() && !isUsedUp();
    }

    /** Whether it lacks a key, and it is time to try again to have one with all. */
    private boolean isToBeCompleted() {
      if (completion == null) {
        return false;
      }
      long now = limits.nanoTime().getAsLong();
      long due = completion.get();
      return now - due >= 0 && completion.compareAndSet(due, now + COMPLETION_NANOS);
    }

    private boolean growsOld() {
      return age() >= renewAfter || isWorn();
    }
  }

  /** What a policy's objects use now. */
  private final class Current {
    private final Policy policy;
    private final AtomicReference<FutureTask<Epoch>> current = new AtomicReference<>();
    private final AtomicBoolean renews = new AtomicBoolean();

    /** Null before the first outage. */
    private volatile Long outOfReachUntil;

    Current(Policy policy) {
      this.policy = policy;
    }

    Epoch get() throws BackendException {
      while (true) {
        FutureTask<Epoch> task = current.get();
        Epoch last = task != null && task.isDone() ? await(task) : null;
        if (task == null || (last != null && !serves(last))) {
          FutureTask<Epoch> next = new FutureTask<>(() -> renewed(last));
          if (!current.compareAndSet(task, next)) {
            continue;
          }
          next.run();
          letGo(last, next);
          task = next;
        }
        Epoch epoch = await(task);
        if (serves(epoch)) {
          boolean ended = epoch.hasEnded();
          counts.add(epoch != last ? Result.MISS : ended ? Result.STALE : Result.HIT);
          boolean ahead = !ended && epoch.growsOld();
          if (!renews.get()
              && (ahead || epoch.isToBeCompleted())
              && renews.compareAndSet(false, true)) {
            renewAhead(task, epoch, !ahead);
          }
          return epoch;
        }
      }
    }

    /** Whether new objects use it: until it ends, and in an outage as long as the policy bears. */
    private boolean serves(Epoch epoch) {
      return !epoch.hasEnded() || (epoch.servesInOutage() && isOutOfReach());
    }

    /** A new one; the last one, if the backend is out of reach and the policy bears with that. */
    private Epoch renewed(Epoch last) throws BackendException {
      try {
        Cause cause = last == null ? Cause.FIRST : Cause.END;
        return observers.renewal(policy.alias(), cause, () -> make(policy, last, false));
      } catch (BackendException e) {
        if (e.reason() != Reason.UNAVAILABLE || last == null || !last.servesInOutage()) {
          throw e;
        }
        outOfReachUntil = limits.nanoTime().getAsLong() + EpochLimits.PAUSE_NANOS;
        logNotRenewed(Level.WARNING, e);
        return last;
      }
    }

    /** Destroys a key that another one has replaced. */
    private void letGo(Epoch last, FutureTask<Epoch> next) throws BackendException {
      if (last != null && await(next) != last) {
        last.key.destroy();
      }
    }

    private boolean isOutOfReach() {
      Long until = outOfReachUntil;
      return until != null && limits.nanoTime().getAsLong() - until < 0;
    }

    private Epoch await(FutureTask<Epoch> task) throws BackendException {
      try {
        return task.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new BackendException(
            Reason.UNAVAILABLE, "interrupted while waiting for an epoch key", e);
      } catch (ExecutionException e) {
        current.compareAndSet(task, null); // the next one tries again
        if (e.getCause() instanceof BackendException failure) {
          throw failure;
        }
        throw new IllegalStateException(e.getCause());
      }
    }

    private void logNotRenewed(Level level, BackendException e) {
      LOG.log(
          level,
          "the epoch key of alias {0} is not renewed yet: {1}",
          policy.alias(),
          e.getMessage());
    }

    /**
     * Makes the next one while the old one serves.
     *
     * @param onlyWhole only if it has all keys of the policy: the old one is young, and lacks some
     */
    private void renewAhead(FutureTask<Epoch> old, Epoch last, boolean onlyWhole) {
      try {
        renewing.execute(() -> renew(old, last, onlyWhole));
      } catch (RejectedExecutionException e) {
        renews.set(false); // closed meanwhile
      }
    }

    private void renew(FutureTask<Epoch> old, Epoch last, boolean onlyWhole) {
      try {
        Epoch epoch =
            observers.renewal(policy.alias(), Cause.AHEAD, () -> make(policy, last, onlyWhole));
        FutureTask<Epoch> next = new FutureTask<>(() -> epoch);
        next.run();
        boolean replaced = current.compareAndSet(old, next);
        (replaced ? last : epoch).key.destroy();
      } catch (BackendException e) {
        logNotRenewed(onlyWhole ? Level.DEBUG : Level.WARNING, e);
      } finally {
        renews.set(false);
      }
    }

    void destroy() {
      FutureTask<Epoch> task = current.getAndSet(null);
      if (task != null && task.isDone()) {
        try {
          await(task).key.destroy();
        } catch (BackendException e) {
          LOG.log(Level.DEBUG, "there was no epoch key to destroy", e);
        }
      }
    }
  }

  /** The epoch key for a new object of a policy. */
  Epoch current(Policy policy) throws BackendException {
    if (closed) {
      throw new BackendException(Reason.UNAVAILABLE, "the provider is closed");
    }
    return policies.get(policy, Current::new).get();
  }

  private Epoch make(Policy policy, Epoch last, boolean onlyWhole) throws BackendException {
    long begun = limits.nanoTime().getAsLong();
    FleetEpochs.Shared taken =
        fleet == null
            ? new FleetEpochs.Shared(null, maker.make(policy, onlyWhole))
            : fleet.take(
                policy,
                onlyWhole,
                last != null && last.isWorn() ? last.place : null,
                last == null ? null : last.header);
    boolean again = last != null && Arrays.equals(last.header, taken.made().header());
    return new Epoch(
        taken.made(), taken.place(), policy.epochs(), again ? last.usage : new Usage(), begun);
  }

  /** Destroys all keys; the next object of each policy takes a new one. */
  void forget() {
    policies.invalidateAll();
    policies.cleanUp();
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
