package dev.keyhold.custody.server.http;

import dev.keyhold.custody.server.gate.Gate;
import dev.keyhold.custody.server.gate.KeyService;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** One listener of a custodian, with threads of its own. */
public final class Listener implements AutoCloseable {
  private static final int THREADS = 400;
  private static final int MAX_CONNECTIONS = 4_000;
  private static final int MAX_HEADER = 8_192;
  private static final long FIRST_REQUEST = 20; // the handshake included
  private static final Duration BODY = Duration.ofSeconds(5);
  private static final long IDLE = 30_000;
  private static final long STOP = 10_000;

  /**
   * Where a listener is and how it shows itself.
   *
   * @param address host and port; port 0 for a free one
   * @param certificate its certificate and those of the CAs above it, PEM
   * @param key its private key, PEM
   */
  public record Endpoint(InetSocketAddress address, Path certificate, Path key) {}

  private final Server server;
  private final ServerConnector connector;

  private Listener(
      Endpoint endpoint, CustodianHandler handler, boolean clientCertificates, int most)
      throws IOException, GeneralSecurityException {
    QueuedThreadPool threads = new QueuedThreadPool(most);
    threads.setName("keyhold-" + (clientCertificates ? "library" : "people"));
    threads.setDaemon(true);
    server = new Server(threads);
    server.setHandler(handler);
    server.setStopTimeout(STOP);
    server.setErrorHandler(
        (request, response, callback) -> {
          callback.succeeded(); // the status alone: nothing of the request is sent back
          return true;
        });
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setSendDateHeader(false);
    http.setRequestHeaderSize(MAX_HEADER);
    http.setResponseHeaderSize(MAX_HEADER);
    http.setUriCompliance(UriCompliance.RFC3986);
    SslContextFactory.Server tls = new SslContextFactory.Server();
    tls.setSslContext(ServerTls.context(endpoint.certificate, endpoint.key));
    tls.setNeedClientAuth(clientCertificates);
    tls.setIncludeProtocols("TLSv1.3", "TLSv1.2");
    tls.setSniRequired(false);
    SslConnectionFactory secure = new SslConnectionFactory(tls, "http/1.1");
    secure.addBean(new NoResumption());
    connector = new ServerConnector(server, secure, new HttpConnectionFactory(http));
    connector.setHost(endpoint.address.getHostString());
    connector.setPort(endpoint.address.getPort());
    connector.setIdleTimeout(IDLE);
    connector.addBean(new FirstRequest());
    connector.addBean(new NoResumption());
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(MAX_CONNECTIONS, connector));
  }

  /** A session ends with its connection: none is resumed under a certificate that has ended. */
  private static final class NoResumption implements SslHandshakeListener {
    @Override
    public void handshakeSucceeded(Event event) {
      event.getSSLEngine().getSession().invalidate();
    }
  }

  /** Closes a connection that brings no whole request header within some seconds. */
  private final class FirstRequest implements Connection.Listener {
    @Override
    public void onOpened(Connection connection) {
      if (!(connection instanceof SslConnection)) {
        connector
            .getScheduler()
            .schedule(
                () -> {
                  if (connection.getMessagesIn() == 0) {
                    connection.close();
                  }
                },
                FIRST_REQUEST,
                TimeUnit.SECONDS);
      }
    }
  }

  /**
   * Starts the listener for workloads.
   *
   * @param authorities certificates of CAs of clients; the charter says which of them count
   * @param mode a word that stands in each answer
   */
  public static Listener forWorkloads(
      Endpoint endpoint,
      Gate gate,
      KeyService service,
      List<X509Certificate> authorities,
      Optional<String> mode,
      Clock clock)
      throws IOException, GeneralSecurityException {
    return new Listener(
            endpoint,
            new CustodianHandler(gate, service, authorities, true, mode.orElse(""), BODY, clock),
            true,
            THREADS)
        .start();
  }

  /**
   * Starts the listener for people: signed texts, the log and health.
   *
   * @param mode a word that stands in each answer
   */
  public static Listener forPeople(
      Endpoint endpoint, Gate gate, KeyService service, Optional<String> mode, Clock clock)
      throws IOException, GeneralSecurityException {
    return forPeople(endpoint, gate, service, mode, clock, THREADS, BODY);
  }

  /** Starts a listener for people with so many threads and so much patience for a body. */
  static Listener forPeople(
      Endpoint endpoint,
      Gate gate,
      KeyService service,
      Optional<String> mode,
      Clock clock,
      int threads,
      Duration body)
      throws IOException, GeneralSecurityException {
    return new Listener(
            endpoint,
            new CustodianHandler(gate, service, List.of(), false, mode.orElse(""), body, clock),
            false,
            threads)
        .start();
  }

  private Listener start() throws IOException {
    try {
      server.start();
      return this;
    } catch (IOException e) {
      close();
      throw e;
    } catch (Exception e) { // what Jetty's life cycle declares
      close();
      throw new IOException("the listener does not start", e);
    }
  }

  /** Returns the certificates of a PEM file. */
  public static List<X509Certificate> certificates(Path file) throws IOException {
    return PemFiles.certificates(file);
  }

  /** Returns the port that it listens on. */
  public int port() {
    return connector.getLocalPort();
  }

  /** Lets requests under way end, for a while. */
  @Override
  public void close() throws IOException {
    try {
      server.stop();
    } catch (Exception e) { // what Jetty's life cycle declares
      throw new IOException("the listener did not stop well", e);
    }
  }
}
