package dev.keyhold.keystore.kit;

import dev.keyhold.keystore.HttpProxy;
import java.util.Optional;

/** Says why a proxy made no connection, and what to do about it. Stateless. */
public final class ProxyFailures {
  private static final int AUTHENTICATION = 407;

  private ProxyFailures() {}

  /** Returns whether a status is about the configuration, and a repetition is of no use. */
  public static boolean isMisconfigured(int status) {
    return status < 500 || status == 501;
  }

  /**
   * Returns the explanation of a proxy's answer.
   *
   * @param status that it answered with
   * @param proxy that was used; empty where the JVM chose one itself
   * @param server to which it was to connect
   * @param byJdk whether the JDK's HTTP client asked, which sends no password by default
   */
  public static String message(
      int status, Optional<HttpProxy> proxy, String server, boolean byJdk) {
    String name = proxy.map(HttpProxy::toString).orElse("that this JVM is set to");
    if (status != AUTHENTICATION) {
      return "the proxy %s does not connect to %s: it answers with status %s"
          .formatted(name, server, status);
    }
    return "the proxy %s asks for authentication (status 407) before it connects to %s"
            .formatted(name, server)
        + advice(proxy, byJdk);
  }

  private static String advice(Optional<HttpProxy> proxy, boolean byJdk) {
    if (proxy.filter(HttpProxy::hasUser).isEmpty()) {
      return ": set https.proxyUser and https.proxyPassword, or"
          + " HTTPS_PROXY=http://user:password@host:port";
    }
    Optional<String> option = byJdk ? HttpProxy.missingOption() : Optional.empty();
    return option
        .map(
            missing ->
                ", and the JDK sends no password to a proxy of TLS connections unless the JVM is"
                    + " started with "
                    + missing)
        .orElse(" and does not take the user and the password that are set for it");
  }
}
