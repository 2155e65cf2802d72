package dev.keyhold.keystore.awskms;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import software.amazon.awssdk.services.kms.KmsClient;

/**
 * The SDK's client, made at its first use, once, and closed with the backend. Thread-safe.
 *
 * <p>A call is tried once: retries are the caller's.
 */
final class KmsConnection implements AutoCloseable {
  private final AwsKmsOptions options;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile KmsClient client;
  private volatile boolean closed;

  /** One request. */
  @FunctionalInterface
  interface Request<T> {
    T on(KmsClient client);
  }

  KmsConnection(AwsKmsOptions options) {
    this.options = options;
  }

  List<String> grantTokens() {
    return options.grantTokens();
  }

  /**
   * Makes a request.
   *
   * @param action AWS's name of it: also that of the permission, after {@code kms:}
   * @param key what it is about, for messages
   */
  <T> T call(String action, String key, Request<T> request) throws BackendException {
    try {
      return request.on(client());
    } catch (RuntimeException e) {
      if (closed) {
        throw closed(e);
      }
      throw KmsErrors.sort(action, key, e);
    } catch (LinkageError e) {
      throw KmsErrors.lacking(action, e);
    }
  }

  /** Builds the client, and loads the classes that a request needs. */
  void prepare() throws BackendException {
    try {
      client();
      Rehearsal.run(options);
    } catch (LinkageError e) {
      throw KmsErrors.otherSdk(e);
    }
  }

  /** Fails if the backend was closed. */
  void checkOpen() throws BackendException {
    if (closed) {
      throw closed(null);
    }
  }

  private KmsClient client() throws BackendException {
    KmsClient made = client;
    if (made != null) {
      return made;
    }
    lock.lock();
    try {
      checkOpen();
      if (client == null) {
        client = KmsClients.create(options);
      }
      return client;
    } finally {
      lock.unlock();
    }
  }

  private static BackendException closed(Throwable cause) {
    return new BackendException(Reason.UNAVAILABLE, "the backend is closed", cause);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      if (client != null) {
        client.close();
        client = null;
      }
    } finally {
      lock.unlock();
    }
  }
}
