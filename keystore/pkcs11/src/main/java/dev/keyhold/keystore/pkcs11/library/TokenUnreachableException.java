package dev.keyhold.keystore.pkcs11.library;

import dev.keyhold.keystore.BackendException;

/** A token could not be opened by this instance of the library; a fresh one may do better. */
public final class TokenUnreachableException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean moduleLoaded;
  private final BackendException failure;

  /**
   * Creates an exception with the error for the caller, if no further attempt succeeds.
   *
   * @param moduleLoaded whether this JVM now holds the library's state for good, so that another
   *     try on the same path can't do better
   */
  public TokenUnreachableException(boolean moduleLoaded, BackendException failure) {
    super(failure.getMessage(), failure);
    this.moduleLoaded = moduleLoaded;
    this.failure = failure;
  }

  public boolean moduleLoaded() {
    return moduleLoaded;
  }

  public BackendException failure() {
    return failure;
  }
}
