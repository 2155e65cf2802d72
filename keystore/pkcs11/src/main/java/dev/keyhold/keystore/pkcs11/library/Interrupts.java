package dev.keyhold.keystore.pkcs11.library;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;

/** How an interrupted call ends. */
public final class Interrupts {
  private Interrupts() {}

  /** Returns the error for the caller; the thread stays interrupted. */
  public static BackendException unavailable(InterruptedException interrupt) {
    Thread.currentThread().interrupt();
    return new BackendException(
        Reason.UNAVAILABLE, "interrupted while waiting for the token", interrupt);
  }
}
