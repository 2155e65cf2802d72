package dev.keyhold.platform;

import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads of a provider: daemons, which keep no JVM alive, without a context class loader, so that
 * they hold no application that is redeployed. Stateless.
 */
public final class Daemons {
  private static final System.Logger LOG = System.getLogger("dev.keyhold");

  /** Its thread ends when everything that it was asked to release is released. */
  private static final Cleaner CLEANER = Cleaner.create();

  private Daemons() {}

  /**
   * Releases something when its owner is unreachable, or when the result is cleaned, whichever
   * comes first: a provider that was removed and not closed must not keep an application's class
   * loader. An owner that is used while it becomes unreachable needs a reachability fence.
   *
   * @param steps must not refer to the owner; each runs once, in this order. If the owner is
   *     unreachable, they run on a thread of their own, since they may take their time, and one
   *     that fails keeps none of the others from running: the class loader may be closed already,
   *     and gives no class that was not needed before
   */
  public static Cleaner.Cleanable whenUnreachable(Object owner, Runnable... steps) {
    AtomicBoolean asked = new AtomicBoolean();
    Cleaner.Cleanable registered =
        CLEANER.register(
            owner,
            () -> {
              if (asked.compareAndSet(false, true)) {
                thread("keyhold-release", () -> runAll(steps)).start();
              }
            });
    return () -> {
      if (asked.compareAndSet(false, true)) {
        registered.clean();
        for (Runnable step : steps) {
          step.run();
        }
      }
    };
  }

  private static void runAll(Runnable[] steps) {
    for (Runnable step : steps) {
      try {
        step.run();
      } catch (RuntimeException | LinkageError e) {
        LOG.log(
            Level.WARNING,
            "a provider that was not closed can''t be released whole; close it before its class"
                + " loader: {0}",
            e.toString());
      }
    }
  }

  /** Returns a thread that is not started yet. */
  public static Thread thread(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.setContextClassLoader(null);
    return thread;
  }

  /**
   * Returns a pool of a maximum number of threads, which end when they have been idle for a while;
   * the queue of tasks has no limit.
   *
   * @param name of each, with its number
   */
  public static ThreadPoolExecutor pool(String name, int threads, Duration idle) {
    return pool(name, threads, idle, new LinkedBlockingQueue<>());
  }

  /** Returns a pool with this queue; a task that the queue does not take is rejected. */
  public static ThreadPoolExecutor pool(
      String name, int threads, Duration idle, BlockingQueue<Runnable> queue) {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            idle.toMillis(),
            TimeUnit.MILLISECONDS,
            queue,
            task -> thread(name + "-" + number.incrementAndGet(), task));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** Returns a scheduler with one thread, which ends when no task is scheduled. */
  public static ScheduledThreadPoolExecutor scheduler(String name) {
    ScheduledThreadPoolExecutor scheduler =
        new ScheduledThreadPoolExecutor(1, task -> thread(name, task));
    scheduler.setKeepAliveTime(1, TimeUnit.MINUTES);
    scheduler.allowCoreThreadTimeOut(true);
    scheduler.setRemoveOnCancelPolicy(true);
    return scheduler;
  }
}
