package dev.keyhold.envelope;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.routing.EpochBounds;
import dev.keyhold.routing.Policy;
import java.lang.System.Logger.Level;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import javax.crypto.AEADBadTagException;

/**
 * The epoch keys that new objects use, one at a time for each policy. One that grows old is renewed
 * ahead, by a daemon thread, while objects go on with it; only one that has ended is waited for, by
 * the users of its policy alone. Thread-safe.
 */
final class WritingEpochs implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.keyhold.envelope");

  /** So often it is tried to replace an epoch key that lacks a key of its policy. */
  private static final long COMPLETION_NANOS = 30_000_000_000L;

  private final TopKeys topKeys;
  private final Engine.Pool pool;
  private final EpochLimits limits;
  private final IncompleteHeaders incomplete;
  private final Map<Policy, Slot> slots = new ConcurrentHashMap<>();
  private volatile boolean closed;

  WritingEpochs(
      TopKeys topKeys, Engine.Pool pool, EpochLimits limits, IncompleteHeaders incomplete) {
    this.topKeys = topKeys;
    this.pool = pool;
    this.limits = limits;
    this.incomplete = incomplete;
  }

  /** An epoch key in use, and the header that all its objects have. */
  final class Epoch {
    private final EpochKey key;
    private final byte[] header;
    private final EpochBounds bounds;
    private final LongAdder bytes = new LongAdder();
    private final long begun;

    /**
     * From 70 to 90 % of the age, so that a fleet that started together does not renew together.
     */
    private final long renewAfter;

    /** When it is next tried to have one with all keys; null for one that has all. */
    private final AtomicLong completion;

    private Epoch(EpochKey key, byte[] header, EpochBounds bounds, long begun, boolean incomplete) {
      this.key = key;
      this.header = header;
      this.bounds = bounds;
      this.begun = begun;
      completion = incomplete ? new AtomicLong(begun + COMPLETION_NANOS) : null;
      renewAfter =
          (long)
              (bounds.maxAge().toNanos() * (0.7 + 0.2 * ThreadLocalRandom.current().nextDouble()));
    }

    /** Header, MAC included, and wrapped data key: all that stands before an object's salt. */
    byte[] begin(Engine engine, byte[] salt, byte[] dataKey) {
      byte[] wrapped = key.wrap(engine, salt, dataKey);
      byte[] start = Arrays.copyOf(header, header.length + wrapped.length);
      System.arraycopy(wrapped, 0, start, header.length, wrapped.length);
      return start;
    }

    /** To be told of the plaintext's bytes. */
    LongAdder bytes() {
      return bytes;
    }

    private long age() {
      return limits.nanoTime().getAsLong() - begun;
    }

    private boolean isUsedUp() {
      return key.wraps() >= bounds.maxObjects() || bytes.sum() >= bounds.maxBytes();
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
      return age() >= renewAfter
          || key.wraps() >= bounds.maxObjects() - bounds.maxObjects() / 10
          || bytes.sum() >= bounds.maxBytes() - bounds.maxBytes() / 10;
    }
  }

  private final class Slot {
    private final Policy policy;
    private final AtomicReference<FutureTask<Epoch>> current = new AtomicReference<>();
    private final AtomicBoolean renewing = new AtomicBoolean();

    /** Null before the first outage. */
    private volatile Long outOfReachUntil;

    Slot(Policy policy) {
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
          task = next;
        }
        Epoch epoch = await(task);
        if (serves(epoch)) {
          boolean ahead = !epoch.hasEnded() && epoch.growsOld();
          if (!renewing.get()
              && (ahead || epoch.isToBeCompleted())
              && renewing.compareAndSet(false, true)) {
            renewAhead(task, !ahead);
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
        return make(policy, false);
      } catch (BackendException e) {
        if (e.reason() != Reason.UNAVAILABLE || last == null || !last.servesInOutage()) {
          throw e;
        }
        outOfReachUntil = limits.nanoTime().getAsLong() + EpochLimits.PAUSE_NANOS;
        logNotRenewed(Level.WARNING, e);
        return last;
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
     * @param onlyComplete only if it has all keys of the policy: the old one is young, and lacks
     *     some
     */
    private void renewAhead(FutureTask<Epoch> old, boolean onlyComplete) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  Epoch epoch = make(policy, onlyComplete);
                  FutureTask<Epoch> next = new FutureTask<>(() -> epoch);
                  next.run();
                  if (!current.compareAndSet(old, next)) {
                    epoch.key.destroy();
                  }
                } catch (BackendException e) {
                  logNotRenewed(onlyComplete ? Level.DEBUG : Level.WARNING, e);
                } finally {
                  renewing.set(false);
                }
              },
              "keyhold-epoch-" + policy.alias());
      thread.setDaemon(true);
      thread.setContextClassLoader(null);
      thread.start();
    }
  }

  /** The epoch key for a new object of a policy. */
  Epoch current(Policy policy) throws BackendException {
    if (closed) {
      throw new BackendException(Reason.UNAVAILABLE, "the provider is closed");
    }
    return slots.computeIfAbsent(policy, Slot::new).get();
  }

  /** Makes one, and has it unwrapped once, so that no object is under a key that can't be had. */
  private Epoch make(Policy policy, boolean onlyComplete) throws BackendException {
    long begun = limits.nanoTime().getAsLong();
    byte[] topKey = LocalRandom.bytes(Cobblestone.INPUT_KEY);
    Engine engine = pool.take();
    try {
      Header made =
          onlyComplete ? topKeys.wrap(policy, topKey) : topKeys.wrapForQuorum(policy, topKey);
      byte[] header = made.encode();
      HeaderMac.put(engine, topKey, header);
      byte[] back = topKeys.open(policy, header, engine);
      boolean same = MessageDigest.isEqual(topKey, back);
      Arrays.fill(back, (byte) 0);
      if (!same) {
        throw new BackendException(
            Reason.UNAVAILABLE, "the backend unwraps another key than it wrapped");
      }
      incomplete.made(policy, made, header);
      boolean lacksKeys = IncompleteHeaders.isIncomplete(policy, made);
      return new Epoch(new EpochKey(topKey.clone()), header, policy.epochs(), begun, lacksKeys);
    } catch (AEADBadTagException e) {
      throw new BackendException(
          Reason.UNAVAILABLE, "the backend does not unwrap what it just wrapped", e);
    } finally {
      Arrays.fill(topKey, (byte) 0);
      pool.giveBack(engine);
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Slot slot : slots.values()) {
      FutureTask<Epoch> task = slot.current.getAndSet(null);
      if (task != null && task.isDone()) {
        try {
          slot.await(task).key.destroy();
        } catch (BackendException e) {
          LOG.log(Level.DEBUG, "there was no epoch key to destroy", e);
        }
      }
    }
    slots.clear();
  }
}
