package dev.keyhold.keystore.kit;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;

/** Ends calls whose thread is interrupted. Stateless. */
public final class Interrupts {
  private Interrupts() {}

  /**
   * Returns the error for the caller; the thread stays interrupted.
   *
   * @param what was waited for
   */
  public static BackendException waitingFor(String what, InterruptedException interrupt) {
    Thread.currentThread().interrupt();
    return new BackendException(
        Reason.UNAVAILABLE, "interrupted while waiting for " + what, interrupt);
  }

  /**
   * Takes a lock, which the caller releases.
   *
   * @param what is waited for
   * @throws BackendException with UNAVAILABLE if the thread is interrupted; it stays so
   */
  public static void lock(Lock lock, String what) throws BackendException {
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      throw waitingFor(what, e);
    }
  }

  /**
   * Waits for a time.
   *
   * @param what is waited for
   * @throws BackendException with UNAVAILABLE if the thread is interrupted; it stays so
   */
  public static void sleep(Duration time, String what) throws BackendException {
    try {
      TimeUnit.NANOSECONDS.sleep(time.toNanos());
    } catch (InterruptedException e) {
      throw waitingFor(what, e);
    }
  }
}
