package dev.keyhold.keystore.pkcs11.library;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.kit.Interrupts;
import java.util.concurrent.locks.ReentrantLock;

/** A lock under which objects of a token are changed, one change at a time. Thread-safe. */
public final class ChangeLock {
  /** A change that is made while no other is. */
  @FunctionalInterface
  public interface Change {
    void run() throws BackendException;
  }

  private final ReentrantLock lock = new ReentrantLock();

  /**
   * Makes a change. A change may make another one within it.
   *
   * @throws BackendException with UNAVAILABLE if the thread is interrupted while it waits
   */
  public void exclusively(Change change) throws BackendException {
    Interrupts.lock(lock, "the token");
    try {
      change.run();
    } finally {
      lock.unlock();
    }
  }
}
