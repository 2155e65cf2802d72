package dev.keyhold.keystore.googlekms;

import com.google.api.client.http.HttpTransport;
import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.auth.http.HttpTransportFactory;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.HttpProxy;
import java.io.IOException;
import java.net.Authenticator;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.URI;
import java.net.URL;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Creates the connections to Google's token servers: through the same proxy as Cloud KMS. The
 * metadata server of a virtual machine, which has no TLS, is reached by the JVM's own rules.
 * Stateless.
 */
final class TokenTransport implements HttpTransportFactory {
  private static final HttpTransport TRANSPORT =
      new NetHttpTransport.Builder().setConnectionFactory(TokenTransport::open).build();

  @Override
  public HttpTransport create() {
    return TRANSPORT;
  }

  private static HttpURLConnection open(URL url) throws IOException {
    if (!url.getProtocol().equals("https")) {
      return (HttpURLConnection) url.openConnection();
    }
    Optional<HttpProxy> proxy;
    try {
      proxy = HttpProxy.of(URI.create(url.getProtocol() + "://" + url.getAuthority()));
    } catch (BackendException e) {
      throw new IOException(e.getMessage(), e);
    }
    if (proxy.isEmpty()) {
      return (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
    }
    InetSocketAddress address = proxy.get().address();
    InetSocketAddress resolved = new InetSocketAddress(address.getHostString(), address.getPort());
    HttpURLConnection connection =
        (HttpURLConnection) url.openConnection(new Proxy(Proxy.Type.HTTP, resolved));
    if (proxy.get().hasUser()) {
      connection.setAuthenticator(new Once(proxy.get()));
    }
    return connection;
  }

  /** Answers once for each connection: the JDK would repeat a wrong password. */
  private static final class Once extends Authenticator {
    private final HttpProxy proxy;
    private final AtomicBoolean asked = new AtomicBoolean();

    Once(HttpProxy proxy) {
      this.proxy = proxy;
    }

    @Override
    protected PasswordAuthentication getPasswordAuthentication() {
      return getRequestorType() == RequestorType.PROXY && asked.compareAndSet(false, true)
          ? new PasswordAuthentication(proxy.user(), proxy.password())
          : null;
    }
  }
}
