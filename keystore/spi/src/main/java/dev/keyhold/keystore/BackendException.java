package dev.keyhold.keystore;

import java.util.Objects;

/**
 * A backend could not do what was asked. The {@linkplain #reason() reason} says what the caller
 * should do; the message says what happened and what to do next, and never holds a secret.
 */
public final class BackendException extends Exception {
  private static final long serialVersionUID = 1L;

  /** The reason of a failure, which decides what the caller should do. */
  public enum Reason {
    /** The backend has no such key or version: another may. */
    NOT_FOUND,
    /** The backend refuses this use of the key: its state, or the caller's rights. Do not retry. */
    DENIED,
    /** The backend cannot be reached or is busy. A retry may succeed. */
    UNAVAILABLE,
    /** The input of the unwrap is not what this key wrapped in this context. Do not retry. */
    BAD_CIPHERTEXT,
    /** The configuration or the environment must be mended first. Do not retry. */
    MISCONFIGURED,
    /** This backend, or this key, cannot do such a thing. Do not retry. */
    UNSUPPORTED
  }

  /** The outcome of a change that failed, as far as it is known. */
  private enum Change {
    UNSAID,
    UNKNOWN,
    MADE
  }

  private final Reason reason;
  private final Change change;

  /** Creates an exception with a message that says what happened and what to do next. */
  public BackendException(Reason reason, String message) {
    this(reason, message, null);
  }

  /**
   * Creates an exception with a message that says what happened and what to do next, and with the
   * cause.
   */
  public BackendException(Reason reason, String message, Throwable cause) {
    this(reason, message, cause, Change.UNSAID);
  }

  private BackendException(Reason reason, String message, Throwable cause, Change change) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
    this.change = change;
  }

  /** Returns what the caller should do about it. */
  public Reason reason() {
    return reason;
  }

  /**
   * Returns a copy of this error whose message begins with where it happened.
   *
   * @param where such as {@code key orders, backend hsm, wrap}
   */
  public BackendException at(String where) {
    return copy(where + ": " + getMessage(), change);
  }

  /**
   * Returns this error with a further clause at the end of its message.
   *
   * @param more without a full stop
   */
  public BackendException and(String more) {
    return copy(getMessage() + "; " + more, change);
  }

  /**
   * Returns whether this is the failure of a change that may have been made all the same, or may
   * still be. It must not be repeated before the key was looked at.
   */
  public boolean isOutcomeUnknown() {
    return change == Change.UNKNOWN;
  }

  /** Returns this failure as one of a change that may have been made all the same. */
  public BackendException withOutcomeUnknown() {
    return change != Change.UNSAID
        ? this
        : copy(
            getMessage()
                + "; whether the change was made is unknown, and it may still be made: look at the"
                + " key (keyhold keys list) before you repeat it",
            Change.UNKNOWN);
  }

  /** Returns this failure as one that came after the change itself had been made. */
  BackendException afterChange() {
    return copy(getMessage(), Change.MADE);
  }

  private BackendException copy(String message, Change known) {
    BackendException copy = new BackendException(reason, message, getCause(), known);
    copy.setStackTrace(getStackTrace());
    for (Throwable suppressed : getSuppressed()) {
      copy.addSuppressed(suppressed);
    }
    return copy;
  }
}
