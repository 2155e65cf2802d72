package dev.keyhold.conformance.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.conformance.clients.Compatibility.Row;
import dev.keyhold.conformance.clients.Compatibility.Table;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * TLS between programs that know nothing of Keyhold, with private keys that stay in a backend, on
 * both sides; Keyhold is the last and the first provider in the list.
 */
@ParameterizedClass
@EnumSource(Place.class)
@Timeout(120)
class TlsClientsTest {
  @TempDir static Path parent;

  private static Site site;
  private static Path root;

  @Parameter Place place;

  @BeforeParameterizedClassInvocation
  static void open(Place place) throws Exception {
    site = Site.open(place, parent);
    root = site.folder().resolve("root.pem");
    CertificateAuthority.writePem(root, site.authority().root());
  }

  @AfterParameterizedClassInvocation
  static void close() {
    site.close();
  }

  @AfterEach
  void last() {
    site.moveTo(0);
  }

  private static Stream<Arguments> serversAndSchemes() {
    return Stream.of(TlsServer.Kind.values())
        .flatMap(kind -> Stream.of(Scheme.values()).map(scheme -> Arguments.of(kind, scheme)));
  }

  /** Where an RSA key does both, PSS goes first, and PKCS#1 is what openssl asks for, below. */
  private boolean jdkAgreesOn(Scheme scheme) {
    return scheme != Scheme.RSA_PKCS1 || !place.labels(Scheme.RSA_PSS).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("serversAndSchemes")
  void bothSidesProveTheirKeys(TlsServer.Kind kind, Scheme scheme) throws Exception {
    try (TlsServer server = kind.start(site, scheme)) {
      for (Protocol protocol : Protocol.values()) {
        if (scheme.isOf(protocol)) {
          bothSidesProveTheirKeys(kind, server, protocol, scheme);
        }
      }
    }
  }

  private void bothSidesProveTheirKeys(
      TlsServer.Kind kind, TlsServer server, Protocol protocol, Scheme scheme) throws Exception {
    String what = protocol + ", " + scheme;
    boolean byTheJdk = jdkAgreesOn(scheme);
    if (byTheJdk) {
      site.moveTo(0);
      assertEquals("CN=" + scheme.alias(), answer(server.port(), protocol, scheme));
    }
    site.moveTo(1);
    if (byTheJdk) {
      assertEquals("CN=" + scheme.alias(), answer(server.port(), protocol, scheme));
      assertEquals("CN=" + scheme.alias(), fromHttpClient(server.port(), protocol, scheme));
      Compatibility.works(place, new Row(Table.CLIENTS, "HttpsURLConnection", what));
      Compatibility.works(place, new Row(Table.CLIENTS, "HttpClient of the JDK", what));
    }
    String result = Compatibility.UNKNOWN;
    if (OpenSsl.isInstalled()) {
      opensslIsServed(server, scheme, protocol);
      result = Compatibility.YES;
    }
    Compatibility.is(place, new Row(Table.SERVERS, kind.toString(), what), result);
    Compatibility.is(place, new Row(Table.CLIENTS, "openssl s_client", what), result);
  }

  /** The name that the server saw; the certificate was checked for this host. */
  private static String answer(int port, Protocol protocol, Scheme scheme)
      throws GeneralSecurityException, IOException {
    SSLContext context = site.context(protocol.jdkName(), scheme);
    HttpsURLConnection connection =
        (HttpsURLConnection) URI.create("https://localhost:" + port + "/").toURL().openConnection();
    connection.setReadTimeout(30_000);
    connection.setSSLSocketFactory(context.getSocketFactory());
    String answer =
        new String(connection.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertEquals(protocol.jdkName(), connection.getSSLSession().orElseThrow().getProtocol());
    connection.disconnect();
    return answer;
  }

  private static String fromHttpClient(int port, Protocol protocol, Scheme scheme)
      throws GeneralSecurityException, IOException, InterruptedException {
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(site.context(protocol.jdkName(), scheme))
            .build();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("https://localhost:" + port + "/"))
            .timeout(Duration.ofSeconds(30))
            .build();
    return client.send(request, BodyHandlers.ofString()).body();
  }

  private static void opensslIsServed(TlsServer server, Scheme scheme, Protocol protocol)
      throws IOException, InterruptedException {
    String output = OpenSsl.client(server.port(), root, protocol, scheme);
    assertTrue(
        output.endsWith(TlsServer.NOBODY) || output.contains("\n" + TlsServer.NOBODY), output);
    assertTrue(output.contains("Verify return code: 0 (ok)"), output);
    assertTrue(output.contains("Peer signature type: " + scheme.opensslName() + "\n"), output);
  }

  @ParameterizedTest
  @EnumSource(Scheme.class)
  void aClientProvesItsKeyToOpenssl(Scheme scheme) throws Exception {
    Path identity = site.folder().resolve("server.pem");
    site.authority().writeIdentity(identity);
    for (Protocol protocol : Protocol.values()) {
      if (!scheme.isOf(protocol)) {
        continue;
      }
      Row row = new Row(Table.CLIENTS, "SSLSocket, to openssl s_server", protocol + ", " + scheme);
      if (!OpenSsl.isInstalled()) {
        Compatibility.is(place, row, Compatibility.UNKNOWN);
        continue;
      }
      SSLContext context = site.context(protocol.jdkName(), scheme);
      try (OpenSsl.Server server = OpenSsl.server(identity, root, protocol, scheme);
          SSLSocket socket =
              (SSLSocket) context.getSocketFactory().createSocket("localhost", server.port())) {
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));
        assertEquals(
            "olleh\n",
            new String(socket.getInputStream().readNBytes(6), StandardCharsets.US_ASCII));
        assertTrue(server.told("Peer certificate:").contains(scheme.alias()));
        assertEquals(scheme.opensslName(), server.told("Signature type:"));
      }
      Compatibility.works(place, row);
    }
  }

  @Test
  void manyHandshakesAtOnceAreServed() throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(50);
    int handshakes = place == Place.AWS_KMS ? 20 : 200; // the emulator has one thread
    try (TlsServer server = TlsServer.Kind.JDK.start(site, Scheme.P256)) {
      List<Callable<String>> tasks = new ArrayList<>();
      for (int i = 0; i < handshakes; i++) {
        tasks.add(() -> answer(server.port(), Protocol.TLS_1_3, Scheme.P256));
      }
      for (Future<String> result : clients.invokeAll(tasks, 120, TimeUnit.SECONDS)) {
        assertEquals("CN=p256", result.get());
      }
    } finally {
      clients.shutdownNow();
    }
    if (place != Place.AWS_KMS) {
      Compatibility.works(
          place, new Row(Table.SERVERS, "HttpsServer of the JDK", "200 handshakes at once"));
    }
  }
}
