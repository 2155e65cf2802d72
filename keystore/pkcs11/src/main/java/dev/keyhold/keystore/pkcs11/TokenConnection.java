package dev.keyhold.keystore.pkcs11;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Connects to a token at the first call, and anew when it was lost. A dead library can't be revived
 * within a JVM, but a copy of it under another path starts afresh: so that is what happens. Since
 * no copy is ever unloaded, it happens at most once per 30 seconds, a few spare ones apart for a
 * token that comes and goes, and more rarely while it does not help.
 *
 * <p>Thread-safe. One thread connects; others wait for it, and an interrupt ends their waiting.
 */
final class TokenConnection implements AutoCloseable {
  static final Duration PAUSE = Duration.ofSeconds(30);
  static final Duration LONGEST_PAUSE = Duration.ofMinutes(8);

  /** Copies that are made without a pause where the one before them helped. */
  static final int SPARE_COPIES = 2;

  /** Opens the token through the library at a path. */
  @FunctionalInterface
  interface Opener {
    Token open(Path library) throws BackendException, TokenUnreachableException;
  }

  /** Makes a copy of a library. */
  @FunctionalInterface
  interface Copier {
    Path copy(Path library) throws BackendException;
  }

  private final Path library;
  private final Opener opener;
  private final Copier copier;
  private final Clock clock;
  private final ReentrantLock connecting = new ReentrantLock();

  private volatile Token current;
  private volatile boolean closed;

  // guarded by connecting
  private Path module;
  private boolean moduleDead;
  private boolean connectedOnce;
  private Duration pause = PAUSE;
  private Instant nextCopy = Instant.MIN;
  private int spareCopies = SPARE_COPIES;
  private BackendException lastFailure;

  /** The library that was configured. */
  Path library() {
    return library;
  }

  TokenConnection(Path library, Opener opener, Copier copier, Clock clock) {
    this.library = library;
    this.module = library;
    this.opener = opener;
    this.copier = copier;
    this.clock = clock;
  }

  /** The token, connected. */
  Token token() throws BackendException {
    Token token = current;
    if (token != null && token.health() == Token.Health.GOOD && !closed) {
      return token;
    }
    try {
      connecting.lockInterruptibly();
    } catch (InterruptedException e) {
      throw Interrupts.unavailable(e);
    }
    try {
      checkOpen();
      dropIfLost();
      if (current == null) {
        current = connect();
        if (closed) {
          close();
          checkOpen();
        }
      }
      return current;
    } finally {
      connecting.unlock();
    }
  }

  /** Ends the connection, without waiting for a thread that connects just now. */
  @Override
  public void close() {
    closed = true;
    Token token = current;
    if (token != null) {
      token.close();
    }
  }

  private void checkOpen() throws BackendException {
    if (closed) {
      throw new BackendException(Reason.UNAVAILABLE, "the backend was closed");
    }
  }

  private void dropIfLost() {
    Token token = current;
    if (token == null || token.health() == Token.Health.GOOD) {
      return;
    }
    if (token.health() == Token.Health.DEAD) {
      moduleDead = true;
      lastFailure =
          new BackendException(Reason.UNAVAILABLE, "the connection to the token is broken");
    }
    current = null;
    token.close();
  }

  private Token connect() throws BackendException {
    if (!moduleDead) {
      try {
        return open();
      } catch (TokenUnreachableException e) {
        if (!moduleDead) {
          throw adjusted(e.failure()); // the next call may try on the same path
        }
      }
    }
    Instant now = clock.instant();
    if (now.isBefore(nextCopy)) {
      boolean lastOneHelped = pause.equals(PAUSE);
      if (!lastOneHelped || spareCopies == 0) {
        throw waiting(now);
      }
      spareCopies--;
    } else if (now.minus(LONGEST_PAUSE).isAfter(nextCopy)) {
      spareCopies = SPARE_COPIES;
    }
    nextCopy = now.plus(pause);
    pause =
        pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
    module = copier.copy(library);
    try {
      return open();
    } catch (TokenUnreachableException e) {
      throw adjusted(e.failure());
    }
  }

  private Token open() throws BackendException, TokenUnreachableException {
    try {
      // whatever else may be wrong, such as the PIN: another copy would not do better
      moduleDead = false;
      Token token = opener.open(module);
      connectedOnce = true;
      pause = PAUSE;
      return token;
    } catch (TokenUnreachableException e) {
      moduleDead = e.moduleLoaded();
      lastFailure = e.failure();
      throw e;
    }
  }

  /** A token that was there and is not is no mistake of the configuration: it may come back. */
  private BackendException adjusted(BackendException failure) {
    return connectedOnce && failure.reason() == Reason.MISCONFIGURED
        ? new BackendException(
            Reason.UNAVAILABLE, "the token has gone: " + failure.getMessage(), failure.getCause())
        : failure;
  }

  private BackendException waiting(Instant now) {
    BackendException failure = adjusted(lastFailure);
    return new BackendException(
        failure.reason(),
        failure.getMessage()
            + "; it is tried again in "
            + Duration.between(now, nextCopy).plusMillis(999).toSeconds()
            + " s",
        failure);
  }
}
