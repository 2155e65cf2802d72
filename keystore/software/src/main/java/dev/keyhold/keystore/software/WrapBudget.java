package dev.keyhold.keystore.software;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The AES-GCM wraps that this process has set aside for one key version and not used yet.
 *
 * <p>The limit holds over all processes and restarts, so what is set aside is written to the file
 * before it is used; what a process leaves unused is lost. Blocks start small, so that a command
 * that wraps once costs little of the limit, and double, so that a busy server seldom writes.
 * Thread-safe; takes a lock only to set aside the next block.
 */
final class WrapBudget {
  /** The first block of a process. */
  static final long FIRST_BLOCK = 1L << 8;

  /** The largest block. */
  static final long LARGEST_BLOCK = 1L << 20;

  private final AtomicLong left = new AtomicLong();
  private final ReentrantLock refilling = new ReentrantLock();
  private long block = FIRST_BLOCK;

  /** Sets wraps aside in the file. */
  @FunctionalInterface
  interface Reservation {
    /**
     * Sets aside as many as are wanted, or as are left.
     *
     * @return at least 1
     * @throws BackendException with DENIED if none is left
     */
    long reserve(long wanted) throws BackendException;
  }

  /** Takes one wrap. */
  void take(Reservation reservation) throws BackendException {
    while (left.getAndUpdate(count -> Math.max(0, count - 1)) == 0) {
      refill(reservation);
    }
  }

  private void refill(Reservation reservation) throws BackendException {
    try {
      refilling.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BackendException(
          Reason.UNAVAILABLE, "interrupted while setting wraps aside in the key file", e);
    }
    try {
      if (left.get() == 0) {
        left.addAndGet(reservation.reserve(block));
        block = Math.min(LARGEST_BLOCK, 2 * block);
      }
    } finally {
      refilling.unlock();
    }
  }
}
