package dev.keyhold.observe;

import dev.keyhold.keystore.BackendException;
import java.util.Locale;
import java.util.concurrent.TimeoutException;

/** The outcome of a use of a key, of an attempt at one, or of a renewal. */
public enum Outcome {
  /** Success. */
  OK,
  /** The backend has no such key or version. */
  NOT_FOUND,
  /** The backend refuses this use of the key. */
  DENIED,
  /** The backend cannot be reached, or is busy. */
  UNAVAILABLE,
  /** The input of the operation was not made by this key, or was altered. */
  BAD_CIPHERTEXT,
  /** The configuration, or a credential, is wrong. */
  MISCONFIGURED,
  /** The backend has no such thing. */
  UNSUPPORTED,
  /** No answer within the deadline. */
  TIMEOUT,
  /** The calling thread was interrupted. */
  INTERRUPTED,
  /** Not asked: more calls a second than are configured. */
  RATE_LIMITED,
  /** Not asked: the backend failed too often in a row. */
  BREAKER_OPEN,
  /** Not asked: the provider is closed. */
  CLOSED,
  /** A defect of the backend, or a mistake of the caller's. */
  DEFECT;

  /** Returns what a failure says; what this side refused, it does not tell. */
  static Outcome of(Throwable thrown) {
    if (!(thrown instanceof BackendException failure)) {
      return DEFECT;
    }
    return switch (failure.reason()) {
      case NOT_FOUND -> NOT_FOUND;
      case DENIED -> DENIED;
      case BAD_CIPHERTEXT -> BAD_CIPHERTEXT;
      case MISCONFIGURED -> MISCONFIGURED;
      case UNSUPPORTED -> UNSUPPORTED;
      case UNAVAILABLE ->
          failure.getCause() instanceof TimeoutException
              ? TIMEOUT
              : failure.getCause() instanceof InterruptedException ? INTERRUPTED : UNAVAILABLE;
    };
  }

  /** Its name in events, metrics and spans. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
