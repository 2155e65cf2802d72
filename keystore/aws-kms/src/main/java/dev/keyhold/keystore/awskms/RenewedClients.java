package dev.keyhold.keystore.awskms;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.HttpProxy;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationTargetException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Provides the JDK's HTTP client. A new client replaces it before a firewall's idle timeout can
 * have ended its pooled connections, and after a request that got no answer: a connection can't be
 * removed from the pool, and the pool's own idle timeout is the same for the whole JVM. Requests in
 * progress end with the client that they began with. Thread-safe.
 */
final class RenewedClients {
  private static final long MAX_IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long MAX_AGE_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** The most clients that are retired and not collected yet; then age retires no further one. */
  private static final int MAX_LEFT = 16;

  private final Duration connectTimeout;
  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<WeakReference<HttpClient>> left = new ArrayList<>();
  private volatile Lease current;
  private final AtomicReference<Optional<HttpProxy>> proxy =
      new AtomicReference<>(Optional.empty());

  /** A client, for one request. */
  static final class Lease {
    private final HttpClient client;
    private final boolean authenticates;
    private final long made;
    private volatile long used;

    private Lease(HttpClient client, boolean authenticates, long made) {
      this.client = client;
      this.authenticates = authenticates;
      this.made = made;
      this.used = made;
    }

    HttpClient client() {
      return client;
    }
  }

  RenewedClients(Duration connectTimeout) {
    this(connectTimeout, System::nanoTime);
  }

  RenewedClients(Duration connectTimeout, LongSupplier nanoTime) {
    this.connectTimeout = connectTimeout;
    this.nanoTime = nanoTime;
    this.current = lease(false);
  }

  /** Returns the proxy that the last request went through. */
  Optional<HttpProxy> proxy() {
    return proxy.get();
  }

  /** Returns the client for a request that begins now. */
  Lease current(URI server) throws BackendException {
    proxy.set(HttpProxy.of(server));
    Lease lease = current;
    long now = nanoTime.getAsLong();
    boolean otherProxy = lease.authenticates != authenticates();
    if (otherProxy || now - lease.used > MAX_IDLE_NANOS || now - lease.made > MAX_AGE_NANOS) {
      renew(lease, otherProxy);
      lease = current;
    }
    lease.used = now;
    return lease;
  }

  private boolean authenticates() {
    return proxy.get().filter(HttpProxy::hasUser).isPresent();
  }

  /** Uses the client of a request that got no answer for no further one. */
  void retire(Lease lease) {
    renew(lease, true);
  }

  private void renew(Lease old, boolean needed) {
    lock.lock();
    try {
      left.removeIf(reference -> reference.get() == null);
      if (current != old || (!needed && left.size() >= MAX_LEFT)) {
        return;
      }
      current = lease(authenticates());
      if (!shutdown(old.client, "shutdown")) {
        left.add(new WeakReference<>(old.client));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Shuts a client down, from JDK 21 on; before, a client ends when it is garbage-collected. */
  private static boolean shutdown(HttpClient client, String method) {
    try {
      HttpClient.class.getMethod(method).invoke(client);
      return true;
    } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
      return false;
    }
  }

  /**
   * Creates a client. It has no authenticator if the proxy has no user: an authenticator would
   * answer each 401 of the service too.
   */
  private Lease lease(boolean authenticates) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(Version.HTTP_1_1)
            .followRedirects(Redirect.NEVER)
            .connectTimeout(connectTimeout)
            .proxy(new Selector(proxy));
    if (authenticates) {
      builder.authenticator(new ProxyAuthenticator(proxy));
    }
    return new Lease(builder.build(), authenticates, nanoTime.getAsLong());
  }

  void close() {
    shutdown(current.client, "shutdownNow");
  }

  /**
   * Returns the proxy that was found for the request: the application may set the proxy later. Has
   * no reference to a client: the JDK's threads hold this object, and end when their client is
   * garbage-collected.
   */
  private static final class Selector extends ProxySelector {
    private final AtomicReference<Optional<HttpProxy>> proxy;

    Selector(AtomicReference<Optional<HttpProxy>> proxy) {
      this.proxy = proxy;
    }

    @Override
    public List<Proxy> select(URI server) {
      return proxy
          .get()
          .map(p -> List.of(new Proxy(Proxy.Type.HTTP, resolved(p))))
          .orElse(List.of(Proxy.NO_PROXY));
    }

    private static InetSocketAddress resolved(HttpProxy proxy) {
      return new InetSocketAddress(proxy.address().getHostString(), proxy.address().getPort());
    }

    @Override
    public void connectFailed(URI server, SocketAddress address, IOException failure) {}
  }

  /** Has no reference to a client either. */
  private static final class ProxyAuthenticator extends Authenticator {
    private final AtomicReference<Optional<HttpProxy>> proxy;

    ProxyAuthenticator(AtomicReference<Optional<HttpProxy>> proxy) {
      this.proxy = proxy;
    }

    @Override
    protected PasswordAuthentication getPasswordAuthentication() {
      Optional<HttpProxy> asking = proxy.get().filter(HttpProxy::hasUser);
      return getRequestorType() == RequestorType.PROXY && asking.isPresent()
          ? new PasswordAuthentication(asking.get().user(), asking.get().password())
          : null;
    }
  }
}
