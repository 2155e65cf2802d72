package dev.keyhold.keystore.pkcs11.token;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.kit.Interrupts;
import dev.keyhold.keystore.pkcs11.library.TokenUnreachableException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Connects to a token at the first call, and again after the connection was lost. Some libraries
 * connect again by themselves. Others are unusable for the rest of the JVM's life, but a copy of
 * the library under another path works. Since no copy is ever unloaded, one is made only after
 * another process found the token, and after increasing pauses if copies do not help although it
 * did.
 *
 * <p>Thread-safe. One thread connects; others wait for it, and an interrupt ends their waiting.
 */
public final class TokenConnection implements AutoCloseable {
  /** The pause before the token is looked for again after it was missing. */
  public static final Duration PAUSE = Duration.ofMillis(250);

  /** The pause after a first copy that did not help; it doubles. */
  static final Duration COPY_PAUSE = Duration.ofSeconds(1);

  public static final Duration LONGEST_PAUSE = Duration.ofMinutes(8);

  /** Opens the token through the library at a path. */
  @FunctionalInterface
  public interface Opener {
    Token open(Path library) throws BackendException, TokenUnreachableException;
  }

  /** Makes a copy of a library. */
  @FunctionalInterface
  public interface Copier {
    Path copy(Path library) throws BackendException;
  }

  /** Looks for the token from outside this process. */
  @FunctionalInterface
  public interface Prober {
    /** Fails with UNAVAILABLE if the token is not to be seen through a fresh library. */
    void requireToken(Path library) throws BackendException;
  }

  private final Path library;
  private final Map<Path, Path> latest;
  private final Opener opener;
  private final Prober prober;
  private final Copier copier;
  private final Clock clock;
  private final ReentrantLock connecting = new ReentrantLock();

  private volatile Token current;
  private volatile boolean closed;

  // guarded by connecting
  private Path module;
  private boolean moduleDead;
  private boolean connectedOnce;
  private boolean mayHeal;
  private Duration copyPause = COPY_PAUSE;
  private Instant nextTry = Instant.MIN;
  private Duration pause = Duration.ZERO;
  private BackendException lastFailure;

  /** Returns the library that was configured. */
  public Path library() {
    return library;
  }

  /**
   * Connects through a library.
   *
   * @param latest the newest copy that served, by library: shared by all that may use it
   */
  public TokenConnection(
      Path library,
      Map<Path, Path> latest,
      Opener opener,
      Prober prober,
      Copier copier,
      Clock clock) {
    this.library = library;
    this.latest = latest;
    this.module = latest.getOrDefault(library, library);
    this.opener = opener;
    this.prober = prober;
    this.copier = copier;
    this.clock = clock;
  }

  /** Returns the token, connected. */
  public Token token() throws BackendException {
    Token token = current;
    if (token != null && token.health() == Token.Health.GOOD && !closed) {
      return token;
    }
    Interrupts.lock(connecting, "the token");
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
    Token.Health health = token.health();
    if (health != Token.Health.SESSIONS_LOST) {
      moduleDead = true;
      mayHeal = health == Token.Health.DEAD;
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
        mayHeal = false;
      }
    }
    if (isWaiting()) {
      throw waiting();
    }
    Path newest = latest.getOrDefault(library, module);
    mayHeal |= !newest.equals(module); // another backend has made it
    module = newest;
    Optional<Token> healed = healed();
    if (healed.isPresent()) {
      return healed.get();
    }
    try {
      prober.requireToken(library);
    } catch (BackendException e) {
      lastFailure = e;
      waitFor(PAUSE);
      throw waiting();
    }
    waitFor(copyPause);
    copyPause = doubled(copyPause);
    module = copier.copy(library);
    try {
      return open();
    } catch (TokenUnreachableException e) {
      throw waiting();
    }
  }

  private void waitFor(Duration time) {
    pause = time;
    nextTry = clock.instant().plus(time);
  }

  /** Returns whether the next try is to wait; not where the clock was set back meanwhile. */
  private boolean isWaiting() {
    Duration left = Duration.between(clock.instant(), nextTry);
    return !left.isNegative() && !left.isZero() && left.compareTo(pause) <= 0;
  }

  /**
   * Returns the token through the library as it is, if the library has connected again by itself.
   */
  private Optional<Token> healed() throws BackendException {
    if (!mayHeal) {
      return Optional.empty();
    }
    try {
      return Optional.of(open());
    } catch (TokenUnreachableException e) {
      moduleDead = true;
      return Optional.empty();
    }
  }

  private static Duration doubled(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
  }

  private Token open() throws BackendException, TokenUnreachableException {
    try {
      // any other failure, such as a wrong PIN: another copy would not help
      moduleDead = false;
      Token token = opener.open(module);
      if (!module.equals(library)) {
        latest.put(library, module);
      }
      connectedOnce = true;
      copyPause = COPY_PAUSE;
      nextTry = Instant.MIN;
      return token;
    } catch (TokenUnreachableException e) {
      moduleDead = e.moduleLoaded();
      lastFailure = e.failure();
      throw e;
    }
  }

  /**
   * Returns the error to report: a token that was there and is missing is no mistake of the
   * configuration, and may come back.
   */
  private BackendException adjusted(BackendException failure) {
    return connectedOnce && failure.reason() == Reason.MISCONFIGURED
        ? new BackendException(
            Reason.UNAVAILABLE, "the token has gone: " + failure.getMessage(), failure.getCause())
        : failure;
  }

  private BackendException waiting() {
    BackendException failure = adjusted(lastFailure);
    long millis = Math.max(1, Duration.between(clock.instant(), nextTry).toMillis());
    return new BackendException(
        failure.reason(),
        failure.getMessage() + "; it is tried again in " + millis + " ms",
        failure);
  }
}
