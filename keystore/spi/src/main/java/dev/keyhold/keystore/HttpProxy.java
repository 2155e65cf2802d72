package dev.keyhold.keystore;

import dev.keyhold.keystore.kit.Endpoints;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An HTTP proxy between this JVM and a service. The JVM's proxy selector is asked first ({@code
 * https.proxyHost}, {@code https.proxyPort}, {@code http.nonProxyHosts}; for a URI of the scheme
 * http those of http), then the environment ({@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code
 * NO_PROXY}, also in lower case). User and password are {@code https.proxyUser} and {@code
 * https.proxyPassword}, or stand in the URL of the environment. Immutable.
 */
public final class HttpProxy {
  private static final Pattern URL =
      Pattern.compile(
          "(?:(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?"
              + "(?<host>\\[[0-9A-Fa-f:.]+]|[^:/@\\[\\]]+)(?::(?<port>[0-9]{1,5}))?/?");
  private static final int DEFAULT_PORT = 80;
  private static final String DISABLED = "jdk.http.auth.tunneling.disabledSchemes";

  private final InetSocketAddress address;
  private final String user;
  private final String password;

  private HttpProxy(String host, int port, String user, String password) {
    this.address = InetSocketAddress.createUnresolved(host, port);
    this.user = user;
    this.password = password;
  }

  /**
   * Returns the proxy for a server.
   *
   * @return empty if the server is reached directly
   * @throws BackendException with MISCONFIGURED if the environment names none that can be used
   */
  public static Optional<HttpProxy> of(URI server) throws BackendException {
    return of(server, ProxySelector.getDefault(), System::getProperty, System.getenv());
  }

  static Optional<HttpProxy> of(
      URI server,
      ProxySelector selector,
      UnaryOperator<String> properties,
      Map<String, String> environment)
      throws BackendException {
    String scheme = String.valueOf(server.getScheme()).toLowerCase(Locale.ROOT);
    Optional<InetSocketAddress> selected = selected(server, selector);
    if (selected.isPresent()) {
      return Optional.of(
          new HttpProxy(
              selected.get().getHostString(),
              selected.get().getPort(),
              properties.apply(scheme + ".proxyUser"),
              properties.apply(scheme + ".proxyPassword")));
    }
    boolean named = isSet(properties.apply(scheme + ".proxyHost"));
    if (named || server.getHost() == null || Endpoints.isThisMachine(server.getHost())) {
      return Optional.empty(); // its exceptions hold
    }
    String variable = scheme.toUpperCase(Locale.ROOT) + "_PROXY";
    Optional<String> url = variable(environment, variable);
    boolean excepted =
        variable(environment, "NO_PROXY").filter(list -> excepts(list, server)).isPresent();
    return url.isEmpty() || excepted ? Optional.empty() : Optional.of(parsed(variable, url.get()));
  }

  private static Optional<InetSocketAddress> selected(URI server, ProxySelector selector) {
    List<Proxy> proxies = selector == null ? List.of() : selector.select(server);
    for (Proxy proxy : proxies) {
      SocketAddress address = proxy.address();
      if (proxy.type() == Proxy.Type.HTTP && address instanceof InetSocketAddress inet) {
        return Optional.of(inet);
      }
    }
    return Optional.empty();
  }

  private static boolean isSet(String value) {
    return value != null && !value.isBlank();
  }

  private static Optional<String> variable(Map<String, String> environment, String name) {
    String lower = environment.get(name.toLowerCase(Locale.ROOT));
    String value = isSet(lower) ? lower : environment.get(name);
    return Optional.ofNullable(value).map(String::strip).filter(text -> !text.isEmpty());
  }

  /** Parses a URL. No message contains the URL itself, since it may have a password. */
  private static HttpProxy parsed(String variable, String url) throws BackendException {
    Matcher matcher = URL.matcher(url);
    if (!matcher.matches()) {
      throw misconfigured(variable + " is no URL of a proxy, such as http://proxy.example:3128");
    }
    String scheme = matcher.group("scheme");
    if (scheme != null && !scheme.equalsIgnoreCase("http")) {
      throw misconfigured(
          "%s names a proxy of the scheme %s, but only http is supported: http://host:port"
              .formatted(variable, scheme.toLowerCase(Locale.ROOT)));
    }
    String port = matcher.group("port");
    int number = port == null ? DEFAULT_PORT : Integer.parseInt(port);
    if (number < 1 || number > 65_535) {
      throw misconfigured(variable + " has a port that is not from 1 to 65535");
    }
    return new HttpProxy(
        matcher.group("host").replaceAll("[\\[\\]]", ""),
        number,
        decoded(matcher.group("user")),
        decoded(matcher.group("password")));
  }

  private static String decoded(String text) {
    if (text == null) {
      return null;
    }
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text; // a percent sign of its own
    }
  }

  /** Hosts, their domains ({@code .example.com}, {@code *.example.com}), or {@code *} for all. */
  private static boolean excepts(String list, URI server) {
    String host = server.getHost().toLowerCase(Locale.ROOT).replaceAll("[\\[\\]]", "");
    return Arrays.stream(list.toLowerCase(Locale.ROOT).split("[,|\\s]+"))
        .map(entry -> entry.replaceFirst("^\\[?([^\\]]*?)]?(:[0-9]{1,5})?$", "$1"))
        .map(entry -> entry.startsWith("*.") ? entry.substring(1) : entry)
        .filter(entry -> !entry.isEmpty())
        .anyMatch(
            entry ->
                entry.equals("*")
                    || host.equals(entry.replaceFirst("^\\.", ""))
                    || host.endsWith(entry.startsWith(".") ? entry : "." + entry));
  }

  private static BackendException misconfigured(String message) {
    return new BackendException(BackendException.Reason.MISCONFIGURED, message);
  }

  /**
   * Returns the option that allows the JDK's HTTP clients to send a password to a proxy of TLS
   * connections, which they don't do by default.
   *
   * @return the option that the JVM is to be started with; empty if they do
   */
  public static Optional<String> missingOption() {
    return System.getProperty(DISABLED, "Basic").toLowerCase(Locale.ROOT).contains("basic")
        ? Optional.of("-D" + DISABLED + "=")
        : Optional.empty();
  }

  /** Returns its host and port, not resolved. */
  public InetSocketAddress address() {
    return address;
  }

  /** Returns whether there is a user name for it. */
  public boolean hasUser() {
    return isSet(user);
  }

  /** Returns the user name; null for none. */
  public String user() {
    return hasUser() ? user : null;
  }

  /** Returns a copy of the password, empty if there is none. */
  public char[] password() {
    return password == null ? new char[0] : password.toCharArray();
  }

  /** Returns host and port; no user, no password. */
  @Override
  public String toString() {
    String host = address.getHostString();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }
}
