package dev.keyhold.keystore.googlekms;

import com.google.api.gax.rpc.ApiException;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.HttpProxy;
import dev.keyhold.keystore.kit.Causes;
import dev.keyhold.keystore.kit.ProxyFailures;
import java.io.IOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says of a call that did not reach the service where it ended, and why. */
final class NetworkFailures {
  /** The status of a proxy in the messages of Netty's proxy handler. */
  private static final Pattern PROXY_STATUS = Pattern.compile("(?:proxy|=>).*status: (\\d{3})");

  /** The status of a proxy in the messages of the JDK's client, which calls the token servers. */
  private static final Pattern TUNNEL_STATUS =
      Pattern.compile("tunnel through proxy\\. Proxy returns \"HTTP/[0-9.]+ (\\d{3})");

  private static final String TOKEN_SERVER = "Google's token server";

  private NetworkFailures() {}

  /**
   * Returns the error of a call that did not reach the service.
   *
   * @param endpoint host and port of the service
   * @return empty if the failure is an answer of the service
   */
  static Optional<BackendException> of(ApiException failure, String endpoint) {
    IOException network = find(failure, IOException.class);
    CertificateException untrusted = find(failure, CertificateException.class);
    if (network == null && untrusted == null) {
      return Optional.empty();
    }
    Optional<HttpProxy> proxy = proxy(endpoint);
    String where = endpoint + proxy.map(p -> " through the proxy " + p).orElse("");
    if (untrusted != null) {
      return error(
          Reason.MISCONFIGURED,
          "the certificate of %s is not trusted (%s): check the option endpoint, and what this JVM"
                  .formatted(where, line(untrusted))
              + " trusts (javax.net.ssl.trustStore)",
          failure);
    }
    BackendException own = find(failure, BackendException.class);
    if (own != null) {
      return error(own.reason(), own.getMessage(), failure);
    }
    Matcher status = PROXY_STATUS.matcher(line(network));
    if (status.find()) {
      return error(Integer.parseInt(status.group(1)), proxy, endpoint, failure);
    }
    Matcher tunnel = TUNNEL_STATUS.matcher(line(network));
    if (tunnel.find()) {
      return error(Integer.parseInt(tunnel.group(1)), proxy, TOKEN_SERVER, failure);
    }
    UnknownHostException unknown = find(failure, UnknownHostException.class);
    if (unknown != null) {
      String host = proxy.map(p -> "the proxy " + p).orElse(endpoint);
      return error(Reason.UNAVAILABLE, "the name of %s has no address".formatted(host), failure);
    }
    return error(
        Reason.UNAVAILABLE,
        "Cloud KMS at %s can't be reached: %s".formatted(where, line(network)),
        failure);
  }

  private static Optional<BackendException> error(
      int status, Optional<HttpProxy> proxy, String server, Throwable cause) {
    return error(
        ProxyFailures.isMisconfigured(status) ? Reason.MISCONFIGURED : Reason.UNAVAILABLE,
        ProxyFailures.message(status, proxy, server, server.equals(TOKEN_SERVER)),
        cause);
  }

  private static Optional<HttpProxy> proxy(String endpoint) {
    try {
      return HttpProxy.of(URI.create("https://" + endpoint));
    } catch (BackendException e) {
      return Optional.empty();
    }
  }

  private static <T extends Throwable> T find(Throwable failure, Class<T> type) {
    return Causes.find(failure, type).orElse(null);
  }

  private static String line(Throwable failure) {
    String said = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    return said.replaceAll("[\\p{Cntrl}]+", " ");
  }

  private static Optional<BackendException> error(Reason reason, String message, Throwable cause) {
    return Optional.of(new BackendException(reason, message, cause));
  }
}
