package dev.keyhold.rewrap;

import dev.keyhold.platform.Daemons;
import dev.keyhold.platform.OnceAMinute;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Writes entries of the queue on its own thread, so that no object waits for a disk. Entries that
 * can't be written, or that arrive faster than they can be written, are lost; this is logged at
 * most once a minute. Thread-safe.
 */
public final class RewrapQueueWriter implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.keyhold.envelope");
  private static final int WAITING = 10_000;
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final Duration LAST = Duration.ofSeconds(5);

  private final RewrapQueue queue;
  private final Duration last;
  private final ThreadPoolExecutor thread;
  private final OnceAMinute warnings = new OnceAMinute(System::nanoTime);

  public RewrapQueueWriter(RewrapQueue queue) {
    this(queue, LAST);
  }

  /**
   * Creates a writer with another limit.
   *
   * @param last how long {@link #close} waits for what is still to be written
   */
  public RewrapQueueWriter(RewrapQueue queue, Duration last) {
    this.queue = queue;
    this.last = last;
    thread = Daemons.pool("keyhold-rewrap-queue", 1, IDLE, new LinkedBlockingQueue<>(WAITING));
  }

  /** Queues an entry to be written soon. */
  public void add(String alias, String binding, byte[] header) {
    byte[] copy = header.clone();
    try {
      thread.execute(() -> write(alias, binding, copy));
    } catch (RejectedExecutionException e) {
      warn("there are more of them than can be written, or the provider is closed");
    }
  }

  private void write(String alias, String binding, byte[] header) {
    try {
      queue.add(alias, binding, header);
    } catch (IOException | RuntimeException e) {
      warn(e.toString());
    }
  }

  private void warn(String why) {
    if (warnings.isDue("")) {
      LOG.log(
          Level.WARNING,
          "objects that lack a key of their alias are not noted in rewrap-queue {0}: {1}",
          queue.folder(),
          why);
    }
  }

  /** Writes what is waiting, for some seconds at most. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(last.toMillis(), TimeUnit.MILLISECONDS)) {
        warn("the folder takes too long");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
