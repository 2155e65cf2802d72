package dev.keyhold.keystore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpProxyTest {
  private static final URI KMS = URI.create("https://kms.eu-west-1.amazonaws.com");
  private static final ProxySelector DIRECT = selecting(Proxy.NO_PROXY);

  private static ProxySelector selecting(Proxy proxy) {
    return new ProxySelector() {
      @Override
      public List<Proxy> select(URI uri) {
        return List.of(proxy);
      }

      @Override
      public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
    };
  }

  private static Optional<HttpProxy> of(URI server, Map<String, String> environment)
      throws BackendException {
    return HttpProxy.of(server, DIRECT, property -> null, environment);
  }

  @ParameterizedTest
  @CsvSource({
    "http://proxy.example:3128, proxy.example:3128",
    "http://proxy.example:3128/, proxy.example:3128",
    "proxy.example:3128, proxy.example:3128",
    "proxy.example, proxy.example:80",
    "http://10.0.0.1:8080, 10.0.0.1:8080",
    "http://[fd00::1]:8080, [fd00::1]:8080"
  })
  void theEnvironmentNamesOne(String url, String expected) throws Exception {
    assertEquals(expected, of(KMS, Map.of("HTTPS_PROXY", url)).orElseThrow().toString());
    assertEquals(expected, of(KMS, Map.of("https_proxy", url)).orElseThrow().toString());
    assertTrue(of(KMS, Map.of("HTTP_PROXY", url)).isEmpty());
  }

  @Test
  void itsUserAndPasswordAreInNoText() throws Exception {
    HttpProxy proxy =
        of(KMS, Map.of("HTTPS_PROXY", "http://me:s%3Acret+@proxy.example:3128")).orElseThrow();
    assertEquals("me", proxy.user());
    assertArrayEquals("s:cret+".toCharArray(), proxy.password());
    assertEquals("proxy.example:3128", proxy.toString());
    assertFalse(of(KMS, Map.of("HTTPS_PROXY", "proxy:1")).orElseThrow().hasUser());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "amazonaws.com",
        ".amazonaws.com",
        "*.amazonaws.com",
        "kms.eu-west-1.amazonaws.com",
        "KMS.eu-west-1.amazonaws.com:443",
        "localhost, .amazonaws.com",
        "localhost|*.amazonaws.com"
      })
  void someServersAreExcepted(String list) throws Exception {
    Map<String, String> environment = Map.of("HTTPS_PROXY", "http://p:1", "NO_PROXY", list);
    assertTrue(of(KMS, environment).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"azonaws.com", "kms.us-east-1.amazonaws.com", "", ",", "169.254.169.254"})
  void othersAreNot(String list) throws Exception {
    Map<String, String> environment = Map.of("HTTPS_PROXY", "http://p:1", "no_proxy", list);
    assertTrue(of(KMS, environment).isPresent());
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://localhost:1", "https://127.0.0.1:1", "https://[::1]:1"})
  void thisHostNeedsNone(String server) throws Exception {
    Map<String, String> both = Map.of("HTTPS_PROXY", "http://p:1", "HTTP_PROXY", "http://p:1");
    assertTrue(of(URI.create(server), both).isEmpty());
  }

  @Test
  void whatTheJvmIsSetToGoesFirst() throws Exception {
    Proxy set = new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("jvm", 8080));
    Map<String, String> environment = Map.of("HTTPS_PROXY", "http://env:1");
    Map<String, String> properties =
        Map.of("https.proxyHost", "jvm", "https.proxyUser", "u", "https.proxyPassword", "p");
    HttpProxy proxy = HttpProxy.of(KMS, selecting(set), properties::get, environment).orElseThrow();
    assertEquals("jvm:8080", proxy.toString());
    assertEquals("u", proxy.user());
    // its exceptions hold: http.nonProxyHosts made the selector answer so
    assertTrue(HttpProxy.of(KMS, DIRECT, properties::get, environment).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"https://p:1", "socks5://p:1", "http://s3cret:x@", "http://p:99999", "::"})
  void whatCannotBeUsedIsRefusedWithoutItsText(String url) {
    BackendException e =
        assertThrows(BackendException.class, () -> of(KMS, Map.of("HTTPS_PROXY", url)));
    assertEquals(BackendException.Reason.MISCONFIGURED, e.reason());
    assertTrue(e.getMessage().contains("HTTPS_PROXY"), e.getMessage());
    assertFalse(e.getMessage().contains("s3cret"), e.getMessage());
  }
}
