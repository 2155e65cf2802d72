package dev.keyhold.conformance.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.KeyholdProvider;
import dev.keyhold.conformance.KeyholdConfig;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.googlekms.fake.FakeServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyManagementException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.KeyGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Between Keyhold and the clouds stands a proxy: each way in which it fails is said. */
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class ProxyTest {
  private static final String HOST = "kms.keyhold.invalid:443";
  private static final String[] PROPERTIES = {
    "https.proxyHost",
    "https.proxyPort",
    "https.proxyUser",
    "https.proxyPassword",
    "aws.accessKeyId",
    "aws.secretAccessKey"
  };

  @TempDir Path folder;
  private final Map<String, String> before = new HashMap<>();

  @BeforeEach
  void remember() {
    for (String property : PROPERTIES) {
      before.put(property, System.getProperty(property));
    }
    System.setProperty("aws.accessKeyId", "AKIAIOSFODNN7EXAMPLE");
    System.setProperty("aws.secretAccessKey", "not-a-secret");
  }

  @AfterEach
  void restore() {
    before.forEach(
        (property, value) -> {
          if (value == null) {
            System.clearProperty(property);
          } else {
            System.setProperty(property, value);
          }
        });
  }

  private static void use(int port) {
    System.setProperty("https.proxyHost", "127.0.0.1");
    System.setProperty("https.proxyPort", Integer.toString(port));
  }

  private KeyholdConfig config(String type) throws IOException {
    KeyholdConfig config =
        KeyholdConfig.in(folder)
            .line("backend.b.type = " + type)
            .line("backend.b.deadline = 60s")
            .line("key.* = b");
    if (type.equals("aws-kms")) {
      return config
          .line("backend.b.region = eu-west-1")
          .line("backend.b.timeout = 30s")
          .line("backend.b.endpoint = https://kms.keyhold.invalid");
    }
    Path credentials =
        Files.writeString(
            folder.resolve("credentials.json"),
            """
            {"type": "authorized_user", "client_id": "c", "client_secret": "s",
             "refresh_token": "r"}
            """);
    return config
        .line("backend.b.key-ring = " + FakeServer.KEY_RING)
        .line("backend.b.timeout = 30s")
        .line("backend.b.credentials-file = " + credentials.getFileName())
        .line("backend.b.endpoint = " + HOST);
  }

  private BackendException failure(String type) throws Exception {
    try (KeyholdProvider provider = config(type).provider()) {
      KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
      generator.init(new KeyholdGenParameterSpec.Builder("orders").build());
      KeyManagementException e = assertThrows(KeyManagementException.class, generator::generateKey);
      for (Throwable t = e; t != null; t = t.getCause()) {
        assertFalse(t.toString().contains("s3cret"), t.toString());
      }
      return (BackendException) e.getCause();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "aws-kms, 501 Not Implemented, MISCONFIGURED",
    "aws-kms, 502 Bad Gateway, UNAVAILABLE",
    "aws-kms, 503 Service Unavailable, UNAVAILABLE",
    "aws-kms, 403 Forbidden, MISCONFIGURED",
    "google-kms, 501 Not Implemented, MISCONFIGURED",
    "google-kms, 502 Bad Gateway, UNAVAILABLE",
    "google-kms, 503 Service Unavailable, UNAVAILABLE",
    "google-kms, 403 Forbidden, MISCONFIGURED"
  })
  void itsStatusIsNamedWithBothHosts(String type, String status, Reason reason) throws Exception {
    try (ConnectProxy proxy = ConnectProxy.answering(status)) {
      use(proxy.port());
      BackendException e = failure(type);
      assertSame(reason, e.reason(), e.getMessage());
      String expected =
          "the proxy 127.0.0.1:%d does not connect to %s: it answers with status %s"
              .formatted(proxy.port(), HOST, status.substring(0, 3));
      assertTrue(e.getMessage().contains(expected), e.getMessage());
      assertTrue(proxy.requests.get(0).startsWith("CONNECT " + HOST), proxy.requests.get(0));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"aws-kms", "google-kms"})
  void oneThatAsksForAuthenticationIsNamedWithTheRemedy(String type) throws Exception {
    try (ConnectProxy proxy = ConnectProxy.answering("407 Proxy Authentication Required")) {
      use(proxy.port());
      BackendException e = failure(type);
      assertSame(Reason.MISCONFIGURED, e.reason(), e.getMessage());
      assertTrue(e.getMessage().contains("the proxy 127.0.0.1:" + proxy.port()), e.getMessage());
      assertTrue(e.getMessage().contains("407"), e.getMessage());
      assertTrue(e.getMessage().contains("https.proxyUser"), e.getMessage());
    }
  }

  @Test
  void googleSendsUserAndPassword() throws Exception {
    try (ConnectProxy proxy = ConnectProxy.answering("407 Proxy Authentication Required")) {
      use(proxy.port());
      System.setProperty("https.proxyUser", "me");
      System.setProperty("https.proxyPassword", "s3cret");
      BackendException e = failure("google-kms");
      String sent =
          Base64.getEncoder().encodeToString("me:s3cret".getBytes(StandardCharsets.UTF_8));
      assertTrue(
          proxy.requests.stream().anyMatch(head -> head.contains("Basic " + sent)),
          proxy.requests::toString);
      assertTrue(e.getMessage().contains("does not take the user"), e.getMessage());
    }
  }

  @Test
  void ofAwsTheSwitchOfTheJdkIsNamed() throws Exception {
    try (ConnectProxy proxy = ConnectProxy.answering("407 Proxy Authentication Required")) {
      use(proxy.port());
      System.setProperty("https.proxyUser", "me");
      System.setProperty("https.proxyPassword", "s3cret");
      BackendException e = failure("aws-kms");
      assertSame(Reason.MISCONFIGURED, e.reason());
      assertTrue(
          e.getMessage().contains("-Djdk.http.auth.tunneling.disabledSchemes="), e.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"aws-kms", "google-kms"})
  void oneThatIsNotThereIsNamed(String type) throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    use(free);
    BackendException e = failure(type);
    assertSame(Reason.UNAVAILABLE, e.reason(), e.getMessage());
    assertTrue(e.getMessage().contains(HOST), e.getMessage());
    assertTrue(e.getMessage().contains("proxy 127.0.0.1:" + free), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"aws-kms", "google-kms"})
  void withoutOneTheHostThatHasNoAddressIsNamed(String type) throws Exception {
    BackendException e = failure(type);
    assertSame(Reason.UNAVAILABLE, e.reason(), e.getMessage());
    assertTrue(e.getMessage().contains("the name of " + HOST + " has no address"), e.getMessage());
    assertEquals(-1, e.getMessage().indexOf("proxy"));
  }
}
