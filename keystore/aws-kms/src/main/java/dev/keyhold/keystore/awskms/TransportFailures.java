package dev.keyhold.keystore.awskms;

import dev.keyhold.keystore.HttpProxy;
import dev.keyhold.keystore.kit.Causes;
import dev.keyhold.keystore.kit.ProxyFailures;
import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** Says of a request that got no answer from where it got none, and why. */
final class TransportFailures {
  private static final Pattern TUNNEL = Pattern.compile("Tunnel failed, got: (\\d{3})");

  private final String server;
  private final Optional<HttpProxy> proxy;
  private final Duration timeout;

  TransportFailures(URI uri, Optional<HttpProxy> proxy, Duration timeout) {
    int standard = "http".equals(uri.getScheme()) ? 80 : 443;
    this.server = uri.getHost() + ":" + (uri.getPort() < 0 ? standard : uri.getPort());
    this.proxy = proxy;
    this.timeout = timeout;
  }

  private String through() {
    return proxy.map(p -> " through the proxy " + p).orElse("");
  }

  TransportException noAnswer(IOException cause) {
    return failure(
        "no answer from %s%s within %s ms".formatted(server, through(), timeout.toMillis()), cause);
  }

  TransportException of(Throwable cause) {
    if (has(cause, UnresolvedAddressException.class) || has(cause, UnknownHostException.class)) {
      return failure(
          proxy
              .map(p -> "the name of the proxy %s has no address".formatted(p))
              .orElse(
                  "the name of %s has no address; see whether region and endpoint are right"
                      .formatted(server)),
          cause);
    }
    if (cause instanceof HttpConnectTimeoutException) {
      return failure("no connection to " + server + through() + " in time", cause);
    }
    if (cause instanceof HttpTimeoutException timedOut) {
      return noAnswer(timedOut);
    }
    if (cause instanceof ConnectException) {
      return failure("can't connect to " + server + through() + said(cause), cause);
    }
    Matcher tunnel = TUNNEL.matcher(String.valueOf(cause.getMessage()));
    if (tunnel.find()) {
      return ofProxy(Integer.parseInt(tunnel.group(1)), cause);
    }
    if (has(cause, CertificateException.class)) {
      return new TransportException(
          "the certificate of "
              + server
              + through()
              + " is not trusted"
              + said(cause)
              + "; see what this JVM trusts (javax.net.ssl.trustStore)",
          true,
          cause);
    }
    String what =
        cause instanceof SSLException ? "TLS with %s%s failed" : "the connection to %s%s broke";
    return failure(what.formatted(server, through()) + said(cause), cause);
  }

  /** Returns what to do about a proxy that wants to know who asks. */
  TransportException proxyAuthentication() {
    return ofProxy(HttpURLConnection.HTTP_PROXY_AUTH, null);
  }

  private TransportException ofProxy(int status, Throwable cause) {
    return new TransportException(
        ProxyFailures.message(status, proxy, server, true),
        ProxyFailures.isMisconfigured(status),
        cause);
  }

  /** Returns the failure of an answer that is not the service's own. */
  TransportException otherServer(int status) {
    return new TransportException(
        "%s%s answers with status %s, and not as the service does; see what stands before it"
            .formatted(server, through(), status),
        status < 500 && status != 408 && status != 429,
        null);
  }

  private static TransportException failure(String message, Throwable cause) {
    return new TransportException(message, false, cause);
  }

  private static boolean has(Throwable failure, Class<? extends Throwable> type) {
    return Causes.find(failure, type).isPresent();
  }

  private static String said(Throwable failure) {
    String said = failure.getMessage();
    return said == null || said.isEmpty() ? "" : ": " + said;
  }
}
