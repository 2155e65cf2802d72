package dev.keyhold.keystore.kit;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The client of a backend: made at its first use, once, and closed with the backend. Thread-safe.
 *
 * @param <C> the service's client
 */
public final class OneClient<C> implements AutoCloseable {
  /** Makes a client. */
  @FunctionalInterface
  public interface Maker<C> {
    C make() throws BackendException;
  }

  /** Closes a client. */
  @FunctionalInterface
  public interface Closer<C> {
    void close(C client);
  }

  private final Maker<C> maker;
  private final Closer<C> closer;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile C client;
  private volatile boolean closed;

  /** Creates one that makes its client at its first use. */
  public OneClient(Maker<C> maker, Closer<C> closer) {
    this.maker = maker;
    this.closer = closer;
  }

  /**
   * Returns the client, and makes it if it is not there.
   *
   * @throws BackendException with UNAVAILABLE if this was closed
   */
  public C get() throws BackendException {
    C made = client;
    if (made != null) {
      return made;
    }
    Interrupts.lock(lock, "the client");
    try {
      checkOpen();
      if (client == null) {
        client = maker.make();
      }
      return client;
    } finally {
      lock.unlock();
    }
  }

  /** Fails if this was closed. */
  public void checkOpen() throws BackendException {
    if (closed) {
      throw closed(null);
    }
  }

  /** Returns whether this was closed, which may be why a call failed. */
  public boolean isClosed() {
    return closed;
  }

  /** Returns the error of a call that was made, or under way, when this was closed. */
  public static BackendException closed(Throwable cause) {
    return new BackendException(Reason.UNAVAILABLE, "the backend is closed", cause);
  }

  /** Closes the client. Calls under way fail. */
  @Override
  public void close() {
    closed = true;
    lock.lock();
    try {
      C made = client;
      client = null;
      if (made != null) {
        closer.close(made);
      }
    } finally {
      lock.unlock();
    }
  }
}
