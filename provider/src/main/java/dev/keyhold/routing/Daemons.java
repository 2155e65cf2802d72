package dev.keyhold.routing;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads of a provider: daemons, which keep no JVM alive, without a context class loader, so that
 * they hold no application that is redeployed. Stateless.
 */
public final class Daemons {
  private Daemons() {}

  /** A thread that is not started yet. */
  public static Thread thread(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.setContextClassLoader(null);
    return thread;
  }

  /**
   * So many threads at most, which end when they have been idle for a while; tasks wait for one
   * without limit.
   *
   * @param name of each, with its number
   */
  public static ThreadPoolExecutor pool(String name, int threads, Duration idle) {
    return pool(name, threads, idle, new LinkedBlockingQueue<>());
  }

  /** The same with a queue of one's own; what it does not take is rejected. */
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

  /** One thread for what is to be done later; it ends when nothing is. */
  public static ScheduledThreadPoolExecutor scheduler(String name) {
    ScheduledThreadPoolExecutor scheduler =
        new ScheduledThreadPoolExecutor(1, task -> thread(name, task));
    scheduler.setKeepAliveTime(1, TimeUnit.MINUTES);
    scheduler.allowCoreThreadTimeOut(true);
    scheduler.setRemoveOnCancelPolicy(true);
    return scheduler;
  }
}
