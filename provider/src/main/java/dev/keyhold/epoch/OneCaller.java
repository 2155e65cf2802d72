package dev.keyhold.epoch;

import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Tells failures that concern the one thread that met them, such as its interrupt, from those that
 * all that wait for the same result meet too. Stateless.
 */
final class OneCaller {
  private OneCaller() {}

  /** Returns whether a failure says nothing of what was asked for. */
  static boolean concerns(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof InterruptedException
          || cause instanceof ClosedByInterruptException
          || (cause instanceof InterruptedIOException && !(cause instanceof SocketTimeoutException))
          || cause instanceof VirtualMachineError) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether a task that has ended failed in such a way. */
  static boolean failed(FutureTask<?> ended) {
    try {
      ended.get();
      return false;
    } catch (ExecutionException e) {
      return concerns(e.getCause());
    } catch (InterruptedException e) {
      throw new IllegalStateException("the task has not ended", e);
    }
  }

  /** Returns whether a thread that waits for another one's result is to ask by itself now. */
  static boolean isAnother(Throwable failure) {
    return concerns(failure) && !Thread.currentThread().isInterrupted();
  }
}
