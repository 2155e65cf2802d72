package dev.keyhold.keystore.googlekms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.api.gax.grpc.GrpcStatusCode;
import com.google.api.gax.rpc.ApiExceptionFactory;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.cloud.kms.v1.ProtectionLevel;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Google's token server behind a proxy that wants to know who asks. */
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class TokenServerProxyTest {
  private static final String HOST = "token.keyhold.invalid";
  private static final String PASSWORD = "changeit";
  private static final String ALLOWED = "-Djdk.http.auth.tunneling.disabledSchemes=";
  private static final String[] PROPERTIES = {
    "https.proxyHost", "https.proxyPort", "https.proxyUser", "https.proxyPassword"
  };

  @TempDir Path folder;
  private final Map<String, String> before = new HashMap<>();
  private HttpsServer tokens;
  private PasswordProxy proxy;
  private Path credentials;

  static Settings settings(Path credentials) {
    return new Settings(
        "projects/p/locations/l/keyRings/r",
        "kms.keyhold.invalid:443",
        false,
        Optional.of(credentials),
        Optional.empty(),
        ProtectionLevel.SOFTWARE,
        false,
        Optional.empty(),
        Optional.empty(),
        Duration.ofSeconds(30),
        Duration.ofSeconds(30),
        Duration.ofDays(1));
  }

  @BeforeEach
  void start() throws Exception {
    for (String property : PROPERTIES) {
      before.put(property, System.getProperty(property));
    }
    InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    tokens = HttpsServer.create(free, 0);
    tokens.setHttpsConfigurator(new HttpsConfigurator(tls()));
    byte[] token =
        "{\"access_token\": \"t0ken\", \"expires_in\": 3600, \"token_type\": \"Bearer\"}"
            .getBytes(StandardCharsets.US_ASCII);
    tokens.createContext(
        "/token",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, token.length);
          exchange.getResponseBody().write(token);
          exchange.close();
        });
    tokens.start();
    proxy = PasswordProxy.to(tokens.getAddress(), "me:s3cret");
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    String key =
        Base64.getEncoder().encodeToString(generator.generateKeyPair().getPrivate().getEncoded());
    credentials =
        Files.writeString(
            folder.resolve("credentials.json"),
            """
            {"type": "service_account", "client_email": "sa@p.example", "client_id": "1",
             "private_key_id": "k", "project_id": "p", "token_uri": "https://%s/token",
             "private_key": "-----BEGIN PRIVATE KEY-----\\n%s\\n-----END PRIVATE KEY-----\\n"}
            """
                .formatted(HOST, key));
  }

  @AfterEach
  void stop() {
    proxy.close();
    tokens.stop(0);
    before.forEach(
        (property, value) -> {
          if (value == null) {
            System.clearProperty(property);
          } else {
            System.setProperty(property, value);
          }
        });
  }

  private Path store() {
    return folder.resolve("tls.p12");
  }

  private static Path tool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name);
  }

  private SSLContext tls() throws Exception {
    run(
        Map.of(),
        (tool("keytool")
                + " -J-XX:TieredStopAtLevel=1 -genkeypair -alias tls -keyalg EC -dname CN=token -ext san=dns:"
                + HOST
                + " -storetype PKCS12 -storepass changeit -keystore "
                + store())
            .split(" ", -1));
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store())) {
      keys.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  private static String run(Map<String, String> environment, String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.matches("(?i)(https?|no)_proxy"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(process.waitFor(5, TimeUnit.MINUTES), "it hangs");
      assertEquals(0, process.exitValue(), output);
      return output;
    } finally {
      process.destroyForcibly();
    }
  }

  private String fetch(Map<String, String> environment, String... properties) throws Exception {
    List<String> command =
        new ArrayList<>(List.of(tool("java").toString(), "-XX:TieredStopAtLevel=1", ALLOWED));
    command.add("-Djavax.net.ssl.trustStore=" + store());
    command.add("-Djavax.net.ssl.trustStorePassword=" + PASSWORD);
    command.addAll(Arrays.asList(properties));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(TokenFetch.class.getName(), credentials.toString()));
    return run(environment, command.toArray(String[]::new));
  }

  @Test
  void theJvmsUserAndPasswordAreSent() throws Exception {
    String output =
        fetch(
            Map.of(),
            "-Dhttps.proxyHost=127.0.0.1",
            "-Dhttps.proxyPort=" + proxy.port(),
            "-Dhttps.proxyUser=me",
            "-Dhttps.proxyPassword=s3cret");
    assertTrue(output.contains("t0ken"), output);
    assertTrue(proxy.connected() > 0, "it went around the proxy");
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTPS_PROXY", "https_proxy"})
  void thoseOfTheEnvironmentAreSent(String variable) throws Exception {
    String output = fetch(Map.of(variable, "http://me:s3cret@127.0.0.1:" + proxy.port()));
    assertTrue(output.contains("t0ken"), output);
    assertTrue(proxy.connected() > 0, "it went around the proxy");
  }

  /** In this JVM, which was started without the option. */
  private BackendException failure(String user, String password) throws Exception {
    System.setProperty("https.proxyHost", "127.0.0.1");
    System.setProperty("https.proxyPort", Integer.toString(proxy.port()));
    if (user != null) {
      System.setProperty("https.proxyUser", user);
      System.setProperty("https.proxyPassword", password);
    }
    GoogleCredentials own = CredentialSource.of(settings(credentials));
    IOException e = assertThrows(IOException.class, own::refreshAccessToken);
    return NetworkFailures.of(
            ApiExceptionFactory.createException(
                e, GrpcStatusCode.of(Status.Code.UNAVAILABLE), false),
            "kms.keyhold.invalid:443")
        .orElseThrow();
  }

  @Test
  void withoutAUserTheRemedyIsSaid() throws Exception {
    BackendException e = failure(null, null);
    assertSame(Reason.MISCONFIGURED, e.reason(), e.getMessage());
    assertTrue(e.getMessage().contains("the proxy 127.0.0.1:" + proxy.port()), e.getMessage());
    assertTrue(e.getMessage().contains("407"), e.getMessage());
    assertTrue(e.getMessage().contains("https.proxyUser"), e.getMessage());
    assertEquals(0, proxy.connected());
  }

  @Test
  void theOptionThatTheJdkWantsIsNamed() throws Exception {
    BackendException e = failure("me", "s3cret");
    assertSame(Reason.MISCONFIGURED, e.reason(), e.getMessage());
    assertTrue(e.getMessage().contains("Google's token server"), e.getMessage());
    assertTrue(e.getMessage().endsWith(ALLOWED), e.getMessage());
    assertFalse(e.getMessage().contains("s3cret"), e.getMessage());
  }

  @Test
  void aWrongPasswordIsSentOnceForEachConnection() throws Exception {
    AssertionError e =
        assertThrows(
            AssertionError.class,
            () -> fetch(Map.of("HTTPS_PROXY", "http://me:wr0ng@127.0.0.1:" + proxy.port())));
    assertTrue(e.getMessage().contains("407"), e.getMessage());
    assertFalse(e.getMessage().contains("wr0ng"), e.getMessage());
    assertEquals(proxy.asked(), proxy.refused(), "once without a password, once with it");
    assertEquals(0, proxy.connected());
  }
}
