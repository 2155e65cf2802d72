package dev.keyhold.envelope;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.routing.Policy;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import javax.crypto.AEADBadTagException;

/**
 * Epoch keys that were unwrapped, by policy and header: objects of one epoch cost one call. However
 * many threads ask for the same one, one of them unwraps it. An entry goes in after its header's
 * MAC was verified, and is zeroed when it goes out. Thread-safe.
 */
final class ReadEpochs implements AutoCloseable {
  private final TopKeys topKeys;
  private final Engine.Pool pool;
  private final Cache<Key, FutureTask<EpochKey>> cache;

  /** Which policy asks for which header. */
  private record Key(Policy policy, ByteBuffer header) {}

  ReadEpochs(TopKeys topKeys, Engine.Pool pool, EpochLimits limits) {
    this.topKeys = topKeys;
    this.pool = pool;
    cache =
        Caffeine.newBuilder()
            .maximumSize(limits.maxCached())
            .expireAfterWrite(limits.maxAge())
            .ticker(limits.nanoTime()::getAsLong)
            .executor(Runnable::run)
            .removalListener((key, task, cause) -> destroy((FutureTask<?>) task))
            .build();
  }

  private static void destroy(FutureTask<?> task) {
    if (!task.isDone()) {
      return; // who is at work on it keeps it for one object
    }
    try {
      ((EpochKey) task.get()).destroy();
    } catch (ExecutionException | InterruptedException e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * The data key of an object.
   *
   * @return a fresh array; the caller zeroes it
   */
  byte[] dataKey(Policy policy, Prefix prefix, Engine engine)
      throws BackendException, AEADBadTagException {
    while (true) {
      EpochKey epoch = epoch(policy, prefix.header());
      try {
        return epoch.unwrap(engine, prefix.salt(), prefix.wrappedDataKey());
      } catch (IllegalStateException e) {
        if (!epoch.isDestroyed()) {
          throw e;
        }
        // evicted meanwhile: once more
      }
    }
  }

  private EpochKey epoch(Policy policy, byte[] header)
      throws BackendException, AEADBadTagException {
    Key key = new Key(policy, ByteBuffer.wrap(header));
    FutureTask<EpochKey> task = cache.getIfPresent(key);
    if (task == null) {
      FutureTask<EpochKey> mine = new FutureTask<>(() -> unwrap(policy, header));
      FutureTask<EpochKey> other = cache.asMap().putIfAbsent(key, mine);
      if (other == null) {
        mine.run();
      }
      task = other == null ? mine : other;
    }
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BackendException(
          Reason.UNAVAILABLE, "interrupted while waiting for an epoch key", e);
    } catch (ExecutionException e) {
      cache.asMap().remove(key, task);
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
    EpochKey epoch = new EpochKey(topKeys.open(policy, header, engine));
    pool.giveBack(engine);
    return epoch;
  }

  @Override
  public void close() {
    cache.invalidateAll();
    cache.cleanUp();
  }
}
