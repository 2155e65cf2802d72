package dev.keyhold.epoch.board;

import dev.keyhold.config.BoardSettings;
import dev.keyhold.platform.Daemons;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * Protects callers from a board that is full, blocked or missing: each access has a deadline and
 * runs on one of a few daemon threads; after a failure the board is not used for a while. Callers
 * see no error: they find nothing on the board, and make an epoch key of their own. Thread-safe.
 */
public final class GuardedBoard implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.keyhold.envelope");
  private static final int THREADS = 4;
  private static final Duration IDLE = Duration.ofSeconds(10);

  /** The pause before a board that failed is used again. */
  static final Duration PAUSE = Duration.ofSeconds(30);

  private final Board board;
  private final Duration deadline;
  private final LongSupplier nanoTime;
  private final ThreadPoolExecutor threads = Daemons.pool("keyhold-board", THREADS, IDLE);

  /** Null as long as it never failed. */
  private volatile Long pausesUntil;

  GuardedBoard(Board board, Duration deadline, LongSupplier nanoTime) {
    this.board = board;
    this.deadline = deadline;
    this.nanoTime = nanoTime;
  }

  /** Returns the board that a configuration names; connects to nothing yet. */
  public static GuardedBoard of(BoardSettings settings, LongSupplier nanoTime) {
    Board board =
        settings.directory().isPresent()
            ? new DirectoryBoard(settings.directory().get())
            : new JdbcBoard(settings);
    return new GuardedBoard(board, settings.deadline(), nanoTime);
  }

  @FunctionalInterface
  private interface Look<T> {
    T at(Board board) throws IOException;
  }

  /** Returns what stands at a place; empty if nothing does, or the board does not answer. */
  public Optional<byte[]> read(Board.Place place) {
    return ask(b -> b.read(place)).flatMap(found -> found);
  }

  /**
   * Puts an entry at a place without one.
   *
   * @return false if there is one already; true too if the board does not answer
   */
  public boolean putIfAbsent(Board.Place place, byte[] entry) {
    return ask(b -> b.putIfAbsent(place, entry)).orElse(true);
  }

  /** Removes what a series has before a slot, if the board answers. */
  public void forget(String series, long before) {
    ask(
        b -> {
          b.forget(series, before);
          return true;
        });
  }

  private <T> Optional<T> ask(Look<T> look) {
    Long until = pausesUntil;
    if (until != null && nanoTime.getAsLong() - until < 0) {
      return Optional.empty();
    }
    FutureTask<T> task = new FutureTask<>(() -> look.at(board));
    try {
      threads.execute(task);
      return Optional.of(task.get(deadline.toMillis(), TimeUnit.MILLISECONDS));
    } catch (ExecutionException e) {
      fails(e.getCause());
    } catch (TimeoutException e) {
      task.cancel(true);
      threads.remove(task);
      fails(e);
    } catch (RejectedExecutionException e) {
      return Optional.empty(); // closed
    } catch (InterruptedException e) {
      task.cancel(true);
      Thread.currentThread().interrupt();
    }
    return Optional.empty();
  }

  private void fails(Throwable cause) {
    if (threads.isShutdown()) {
      return;
    }
    pausesUntil = nanoTime.getAsLong() + PAUSE.toNanos();
    LOG.log(
        System.Logger.Level.WARNING,
        "{0} can''t be used ({1}); epoch keys are not shared with other processes for {2} s",
        board,
        cause instanceof TimeoutException
            ? "no answer within " + deadline.toMillis() + " ms"
            : cause instanceof IOException && cause.getMessage() != null
                ? cause.getMessage()
                : String.valueOf(cause),
        PAUSE.toSeconds());
  }

  @Override
  public void close() {
    threads.shutdownNow();
    board.close();
  }
}
