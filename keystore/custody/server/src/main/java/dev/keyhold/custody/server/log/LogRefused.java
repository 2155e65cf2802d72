package dev.keyhold.custody.server.log;

/** A log does not start; the message says why and what to do. It is never repaired. */
public final class LogRefused extends Exception {
  private static final long serialVersionUID = 1L;

  /** Creates the refusal. */
  public LogRefused(String message) {
    super(message);
  }

  /** Creates the refusal with its cause. */
  public LogRefused(String message, Throwable cause) {
    super(message, cause);
  }
}
