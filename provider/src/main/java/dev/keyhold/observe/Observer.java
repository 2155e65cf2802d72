package dev.keyhold.observe;

import dev.keyhold.keystore.BackendException;
import java.util.concurrent.Callable;

/**
 * Is told of what Keyhold does with keys. Nothing that it is told is secret: no key material, no
 * data, no message of an error. It is called on the threads that do the work, so it must be quick;
 * what it throws is logged, and it is told nothing more. Implementations are thread-safe.
 */
public interface Observer extends AutoCloseable {
  /**
   * A use of a key begins, on the calling thread.
   *
   * @return who is told how it goes on; null to be told nothing of this use
   */
  Use begin(ObservedUse use);

  /** Returns a task for another thread that is to be seen as the calling thread's. */
  default Runnable carried(Runnable task) {
    return task;
  }

  /** The breaker of a backend changed. */
  void breakerChanged(String backend, BreakerState state);

  /** An epoch key for new objects was renewed, or could not be. */
  void renewed(Renewal renewal);

  /** A cache begins to count. Its counts are read when they are wanted. */
  void counting(CacheCounts counts);

  /** The objects of a provider are counted. The counts are read when they are wanted. */
  default void counting(ObjectCounts counts) {}

  /** Ends what was registered elsewhere. */
  @Override
  void close();

  /** One use of a key, from its beginning to its end; told by the thread that began it. */
  interface Use {
    /** Whatever is to surround an attempt on the thread that makes it. */
    default <T> Callable<T> around(Callable<T> attempt) {
      return attempt;
    }

    /**
     * It is tried once more.
     *
     * @param attempt the number of the attempt that begins now, from 2
     * @param why how the one before ended
     */
    void retried(int attempt, Outcome why);

    /**
     * It is over.
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
