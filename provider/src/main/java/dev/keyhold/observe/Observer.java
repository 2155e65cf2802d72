package dev.keyhold.observe;

import dev.keyhold.keystore.BackendException;
import java.util.concurrent.Callable;

/**
 * Observes what Keyhold does with keys. Nothing that it receives is secret: no key material, no
 * data, no message of an error. It is called on the threads that do the work, so it must be quick.
 * If it throws an exception, the exception is logged, and it is not called again. Implementations
 * are thread-safe.
 */
public interface Observer extends AutoCloseable {
  /**
   * Called when a use of a key begins, on the calling thread.
   *
   * @return the observer of this use; null for none
   */
  Use begin(ObservedUse use);

  /** Returns a task for another thread that is to be seen as the calling thread's. */
  default Runnable carried(Runnable task) {
    return task;
  }

  /** Called when the breaker of a backend changed. */
  void breakerChanged(String backend, BreakerState state);

  /** Called when an epoch key for new objects was renewed, or could not be. */
  void renewed(Renewal renewal);

  /** Called when a cache begins to count. Its counts can be read at any time. */
  void counting(CacheCounts counts);

  /** Called when a provider begins to count its objects. The counts can be read at any time. */
  default void counting(ObjectCounts counts) {}

  /** Ends what was registered elsewhere. */
  @Override
  void close();

  /** One use of a key, from its beginning to its end; told by the thread that began it. */
  interface Use {
    /** Wraps an attempt with what surrounds it on the thread that makes it. */
    default <T> Callable<T> around(Callable<T> attempt) {
      return attempt;
    }

    /**
     * Called when the use is tried once more.
     *
     * @param attempt the number of the attempt that begins now, from 2
     * @param why how the one before ended
     */
    void retried(int attempt, Outcome why);

    /**
     * Called when the use has ended.
     *
     * @param attempts how often the backend was asked; 0 if it was not
     */
    void ended(Outcome outcome, int attempts);
  }

  /** Something that may fail as a use of a key does. */
  @FunctionalInterface
  interface Body<T> {
    T run() throws BackendException;
  }

  /** A use of a key that is watched. */
  @FunctionalInterface
  interface WatchedBody<T> {
    T run(Watch watch) throws BackendException;
  }
}
