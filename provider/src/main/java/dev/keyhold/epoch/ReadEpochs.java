package dev.keyhold.epoch;

import dev.keyhold.keys.PolicyKeys;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.object.Engine;
import dev.keyhold.object.HkdfKey;
import dev.keyhold.object.Prefix;
import dev.keyhold.observe.CacheCounts;
import dev.keyhold.observe.CacheCounts.Result;
import dev.keyhold.observe.Observers;
import dev.keyhold.policy.EpochBounds;
import dev.keyhold.policy.Policy;
import dev.keyhold.thirdparty.caffeine.cache.Cache;
import dev.keyhold.thirdparty.caffeine.cache.Caffeine;
import dev.keyhold.thirdparty.caffeine.cache.Expiry;
import dev.keyhold.thirdparty.caffeine.cache.RemovalCause;
import dev.keyhold.thirdparty.caffeine.cache.Scheduler;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import javax.crypto.AEADBadTagException;

/**
 * Epoch keys that were unwrapped, by policy and header: objects of one epoch cost one call. However
 * many threads ask for the same one, one of them unwraps it. An entry is added after its header's
 * MAC was verified. It is unwrapped again when it is as old as the policy allows, kept longer if
 * the policy tolerates an outage, and zeroed when it is evicted. A denial is cached for a second.
 * Thread-safe.
 */
public final class ReadEpochs implements AutoCloseable {
  /** A power of two. */
  private static final int RECENT = 64;

  private final PolicyKeys policyKeys;
  private final Engine.Pool pool;
  private final LongSupplier nanoTime;

  private final CacheCounts counts;
  private final Cache<Key, Entry> cache;

  /**
   * The entries that were used last, so that most objects do not need the cache, which records each
   * access.
   */
  private final AtomicReferenceArray<Recent> recent = new AtomicReferenceArray<>(RECENT);

  /** A policy, by its identity, and a header, and the entry of the cache that served them. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Recent(Policy policy, byte[] header, Entry entry, EpochKey key) {}

  /** The key of the cache: a policy and the header that it asks for. */
  private record Key(Policy policy, ByteBuffer header) {}

  private final class Entry {
    private final FutureTask<EpochKey> task;
    private final EpochBounds bounds;

    /** The entry in whose place this one comes; null for none, or once it is settled. */
    private volatile Entry before;

    /** The time when the backend last opened the key, or was first asked. */
    private volatile long opened = nanoTime.getAsLong();

    /** The time until which the backend is not asked again; null if it answered. */
    private volatile Long pause;

    /** Whether there is a key; false before the task is done. */
    private volatile boolean open;

    /**
     * Whether it was removed from the cache without a successor: its key must not be used any more.
     */
    private volatile boolean removed;

    Entry(Policy policy, byte[] header, Entry before) {
      this.bounds = policy.epochs();
      this.before = before;
      this.task = new FutureTask<>(() -> open(policy, header));
    }

    private EpochKey open(Policy policy, byte[] header) throws Exception {
      EpochKey key;
      try {
        key = unwrap(policy, header);
      } catch (BackendException e) {
        boolean bearable =
            e.reason() == Reason.UNAVAILABLE
                && !OneCaller.concerns(e)
                && before != null
                && before.isBearable();
        if (e.reason() == Reason.DENIED || bearable) {
          pause = nanoTime.getAsLong() + EpochLimits.PAUSE_NANOS;
        }
        if (!bearable) {
          throw e;
        }
        opened = before.opened;
        key = before.task.get();
      }
      open = true;
      return key;
    }

    private long age() {
      return nanoTime.getAsLong() - opened;
    }

    private boolean isYoung() {
      return age() < bounds.maxAge().toNanos();
    }

    private boolean isBearable() {
      return open && age() < bounds.maxStale().toNanos();
    }

    private boolean pauses() {
      Long until = pause;
      return until != null && nanoTime.getAsLong() - until < 0;
    }

    /**
     * Returns whether the entry can be used as it is, even if it is a denial: while it is made, is
     * young, or pauses.
     */
    private boolean serves() {
      return !task.isDone() || (open && isYoung()) || ((!open || isBearable()) && pauses());
    }

    /** Returns the result of a look-up; does not read the clock in the usual case. */
    private Result result() {
      if (!task.isDone()) {
        return Result.MISS;
      }
      if (pause == null) {
        return Result.HIT;
      }
      return open ? (isYoung() ? Result.HIT : Result.STALE) : Result.DENIED;
    }

    /**
     * Returns what serves in its place while it is made, in an outage that is known; else it
     * itself.
     */
    private Entry serving() {
      Entry known = before;
      boolean outage = !task.isDone() && known != null && known.pause != null;
      return outage && known.isBearable() ? known : this;
    }
  }

  public ReadEpochs(
      PolicyKeys policyKeys,
      Engine.Pool pool,
      EpochLimits limits,
      Scheduler scheduler,
      Observers observers) {
    this.policyKeys = policyKeys;
    this.pool = pool;
    this.nanoTime = limits.nanoTime();
    counts = new CacheCounts(CacheCounts.Cache.READING, observers);
    cache =
        Caffeine.newBuilder()
            .maximumSize(limits.maxCached())
            .expireAfter(
                Expiry.<Key, Entry>writing((key, entry) -> key.policy().epochs().maxStale()))
            .ticker(nanoTime::getAsLong)
            .executor(Runnable::run)
            .scheduler(scheduler)
            .<Key, Entry>removalListener(
                (key, entry, cause) -> {
                  if (cause != RemovalCause.REPLACED) { // then the successor decides
                    entry.removed = true;
                    destroy(entry);
                  }
                })
            .build();
  }

  private static void destroy(Entry entry) {
    EpochKey key = keyOf(entry);
    if (key != null) {
      key.destroy();
    }
  }

  /**
   * Returns null if there is none yet; the thread that makes it sees that the entry was removed.
   */
  private static EpochKey keyOf(Entry entry) {
    if (entry == null || !entry.task.isDone()) {
      return null;
    }
    try {
      return entry.task.get();
    } catch (ExecutionException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  /** Returns the input key of an object, which the caller uses up. */
  public HkdfKey inputKey(Policy policy, Prefix prefix)
      throws BackendException, AEADBadTagException {
    while (true) {
      EpochKey epoch = epoch(policy, prefix);
      try {
        return epoch.inputKey();
      } catch (IllegalStateException e) {
        if (!epoch.isDestroyed()) {
          throw e;
        }
        // evicted meanwhile: once more
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // an equal policy only misses the short cut
  private EpochKey epoch(Policy policy, Prefix prefix)
      throws BackendException, AEADBadTagException {
    int slot = prefix.headerHash() & (RECENT - 1);
    Recent known = recent.get(slot);
    if (known != null
        && known.policy() == policy
        && prefix.hasHeader(known.header())
        && !known.key().isDestroyed()
        && known.entry().serves()) {
      counts.add(known.entry().result());
      return known.key();
    }
    byte[] header = prefix.header();
    Recent found = found(policy, header);
    recent.set(slot, found);
    return found.key();
  }

  private Recent found(Policy policy, byte[] header) throws BackendException, AEADBadTagException {
    Key key = new Key(policy, ByteBuffer.wrap(header));
    while (true) {
      Entry entry = cache.getIfPresent(key);
      if (entry != null && entry.serves()) {
        Entry serving = entry.serving();
        counts.add(serving.result());
        try {
          return new Recent(policy, header, serving, await(key, serving));
        } catch (BackendException | IllegalStateException e) {
          if (!OneCaller.isAnother(e)) {
            throw e;
          }
          Thread.onSpinWait(); // the thread that asked gave up, not the backend
          continue;
        }
      }
      Entry mine = new Entry(policy, header, entry);
      boolean won =
          entry == null
              ? cache.asMap().putIfAbsent(key, mine) == null
              : cache.asMap().replace(key, entry, mine);
      if (won) {
        counts.add(Result.MISS);
        mine.task.run();
        if (OneCaller.failed(mine.task) && isPutBack(key, mine, entry)) {
          return new Recent(policy, header, mine, await(key, mine));
        }
        if (mine.removed) { // before there was a key to destroy
          destroy(mine);
        }
        settle(mine);
        return new Recent(policy, header, mine, await(key, mine));
      }
    }
  }

  /** Leaves all as it was for the others; false if all was forgotten meanwhile. */
  private boolean isPutBack(Key key, Entry failed, Entry before) {
    return before == null
        ? cache.asMap().remove(key, failed)
        : cache.asMap().replace(key, failed, before);
  }

  /** Lets go of the entry before, and of its key if the new entry has another. */
  private static void settle(Entry entry) {
    Entry before = entry.before;
    entry.before = null;
    EpochKey old = keyOf(before);
    if (old != null && old != keyOf(entry)) {
      old.destroy();
    }
  }

  private EpochKey await(Key key, Entry entry) throws BackendException, AEADBadTagException {
    try {
      return entry.task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BackendException(
          Reason.UNAVAILABLE, "interrupted while waiting for an epoch key", e);
    } catch (ExecutionException e) {
      if (!entry.pauses() && !OneCaller.concerns(e)) {
        cache.asMap().remove(key, entry);
      }
      if (e.getCause() instanceof BackendException failure) {
        throw failure;
      }
      if (e.getCause() instanceof AEADBadTagException) {
        throw new AEADBadTagException(e.getCause().getMessage());
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private EpochKey unwrap(Policy policy, byte[] header)
      throws BackendException, AEADBadTagException {
    Engine engine = pool.take();
    try {
      return new EpochKey(policyKeys.open(policy, header, engine));
    } finally {
      pool.giveBack(engine);
    }
  }

  @Override
  public void close() {
    forget();
  }

  /** Destroys all keys; those that are being unwrapped, as soon as they are. */
  public void forget() {
    cache.invalidateAll();
    cache.cleanUp();
    for (int slot = 0; slot < RECENT; slot++) {
      recent.set(slot, null);
    }
  }
}
