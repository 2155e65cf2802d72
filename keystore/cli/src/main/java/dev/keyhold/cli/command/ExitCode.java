package dev.keyhold.cli.command;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.ConfigurationException;

/** The exit codes of the process; {@code keyhold --help} lists them. */
public final class ExitCode {
  public static final int OK = 0;
  public static final int FAILED = 1;
  public static final int USAGE = 2;
  public static final int CONFIGURATION = 3;
  public static final int DENIED = 4;
  public static final int UNAVAILABLE = 5;

  private ExitCode() {}

  /** Returns the code of a failure: that of the first of its causes that has one. */
  public static int of(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CommandFailure command) {
        return command.exitCode();
      }
      if (cause instanceof ConfigurationException) {
        return CONFIGURATION;
      }
      if (cause instanceof BackendException backend) {
        return of(backend.reason());
      }
    }
    return FAILED;
  }

  private static int of(BackendException.Reason reason) {
    return switch (reason) {
      case MISCONFIGURED -> CONFIGURATION;
      case DENIED -> DENIED;
      case UNAVAILABLE -> UNAVAILABLE;
      case NOT_FOUND, BAD_CIPHERTEXT, UNSUPPORTED -> FAILED;
    };
  }
}
