package dev.keyhold.keystore;

import java.util.Objects;

/**
 * A backend could not do what was asked. The {@linkplain #reason() reason} says what the caller
 * should do; the message says what happened and what to do next, and never holds a secret.
 */
public final class BackendException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What the caller should do about it. */
  public enum Reason {
    /** The backend has no such key or version: another may. */
    NOT_FOUND,
    /** The backend refuses this use of the key: its state, or the caller's rights. Do not retry. */
    DENIED,
    /** The backend cannot be reached or is busy. A retry may succeed. */
    UNAVAILABLE,
    /** What was to be unwrapped is not what this key wrapped in this context. Do not retry. */
    BAD_CIPHERTEXT,
    /** The configuration or the environment must be mended first. Do not retry. */
    MISCONFIGURED,
    /** This backend, or this key, cannot do such a thing. Do not retry. */
    UNSUPPORTED
  }

  private final Reason reason;

  /** With a message that says what happened and what to do next. */
  public BackendException(Reason reason, String message) {
    this(reason, message, null);
  }

  /** With a message that says what happened and what to do next, and the cause. */
  public BackendException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** What the caller should do about it. */
  public Reason reason() {
    return reason;
  }

  /**
   * The same error, with where it happened before the message.
   *
   * @param where such as {@code key orders, backend hsm, wrap}
   */
  public BackendException at(String where) {
    BackendException located =
        new BackendException(reason, where + ": " + getMessage(), getCause());
    located.setStackTrace(getStackTrace());
    for (Throwable suppressed : getSuppressed()) {
      located.addSuppressed(suppressed);
    }
    return located;
  }
}
