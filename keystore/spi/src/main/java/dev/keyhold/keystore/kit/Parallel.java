package dev.keyhold.keystore.kit;

import dev.keyhold.keystore.BackendException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Many small reads, a few at a time, on threads that live as long as the reads do. */
public final class Parallel {
  private static final int AT_ONCE = 8;

  private Parallel() {}

  /** Reads the result for one item. */
  @FunctionalInterface
  public interface Read<T, R> {
    List<R> of(T item) throws BackendException;
  }

  /** Returns what is read for all items, in their order; the first failure ends the rest. */
  public static <T, R> List<R> map(List<T> items, Read<T, R> read) throws BackendException {
    ExecutorService threads =
        Executors.newFixedThreadPool(
            AT_ONCE,
            task -> {
              Thread thread = new Thread(task, "keyhold-list");
              thread.setDaemon(true);
              return thread;
            });
    try {
      List<Future<List<R>>> reads = new ArrayList<>();
      for (T item : items) {
        reads.add(threads.submit(() -> read.of(item)));
      }
      List<R> all = new ArrayList<>();
      for (Future<List<R>> each : reads) {
        all.addAll(each.get());
      }
      return all;
    } catch (InterruptedException e) {
      throw Interrupts.waitingFor("the list of keys", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BackendException failure) {
        throw failure;
      }
      throw new IllegalStateException("a key could not be read", e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }
}
