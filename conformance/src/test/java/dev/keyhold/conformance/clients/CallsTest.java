package dev.keyhold.conformance.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.keyhold.conformance.clients.Compatibility.Row;
import dev.keyhold.conformance.clients.Compatibility.Table;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What handshakes ask of a backend, counted where the calls arrive. */
@ParameterizedClass
@EnumSource(value = Place.class, mode = EnumSource.Mode.EXCLUDE, names = "SOFTWARE")
@Timeout(120)
class CallsTest {
  private static final int HANDSHAKES = 5;

  @TempDir static Path parent;

  private static Calls calls;
  private static Site site;

  @Parameter Place place;

  @BeforeParameterizedClassInvocation
  static void open(Place place) throws Exception {
    Path folder = Files.createDirectory(parent.resolve(place.toString()));
    calls = place.counted(folder);
    site = Site.of(place, folder, calls.config(), Scheme.P256, Scheme.RSA_PSS);
  }

  @AfterParameterizedClassInvocation
  static void close() {
    site.close();
    calls.close();
  }

  /** A key that no call looks up, no session that is opened: a signature, and nothing else. */
  @ParameterizedTest
  @EnumSource(
      value = Scheme.class,
      names = {"P256", "RSA_PSS"})
  void aHandshakeIsOneSignature(Scheme scheme) throws Exception {
    for (Protocol protocol : Protocol.values()) {
      try (TlsServer server = TlsServer.Kind.JDK.start(site, scheme)) {
        handshake(server, site.context(protocol.jdkName(), null));
        int signatures = calls.signatures().getAsInt();
        int all = calls.all().getAsInt();
        for (int i = 0; i < HANDSHAKES; i++) {
          handshake(server, site.context(protocol.jdkName(), null));
        }
        assertEquals(HANDSHAKES, calls.signatures().getAsInt() - signatures);
        int each = place == Place.PKCS11 ? 2 : 1; // C_SignInit and C_Sign
        assertEquals(HANDSHAKES * each, calls.all().getAsInt() - all);
      }
      Row row = new Row(Table.CALLS, "JSSE, server", protocol + ", " + scheme);
      String what = place == Place.PKCS11 ? "1 (C_SignInit, C_Sign)" : "1";
      Compatibility.is(place, row, what);
    }
  }

  /** A client's key is asked only where a server wants it. */
  @Test
  void aClientIsOneSignatureMore() throws Exception {
    try (TlsServer server = TlsServer.Kind.JDK.start(site, Scheme.P256)) {
      handshake(server, site.context("TLSv1.3", Scheme.P256));
      int signatures = calls.signatures().getAsInt();
      handshake(server, site.context("TLSv1.3", Scheme.P256));
      assertEquals(2, calls.signatures().getAsInt() - signatures);
    }
    Row row = new Row(Table.CALLS, "JSSE, server and client", "TLS 1.3, " + Scheme.P256);
    Compatibility.is(place, row, "2");
  }

  /** Keys of others never reach the backend, wherever Keyhold stands in the list. */
  @Test
  void aHandshakeWithAKeyOfTheJdkIsNoCall() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "SunEC");
    generator.initialize(256);
    KeyPair pair = generator.generateKeyPair();
    KeyStore local = KeyStore.getInstance("PKCS12");
    local.load(null, null);
    X509Certificate[] chain = site.authority().issue("local", pair.getPublic());
    local.setKeyEntry("local", pair.getPrivate(), new char[0], chain);
    KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
    keys.init(local, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), site.trust().getTrustManagers(), new SecureRandom());
    int all = calls.all().getAsInt();
    for (int position : new int[] {1, 0}) {
      site.moveTo(position);
      try (TlsServer server = new JdkServer(context)) {
        handshake(server, site.context("TLSv1.2", null));
        handshake(server, site.context("TLSv1.3", null));
      }
    }
    assertEquals(0, calls.all().getAsInt() - all);
    Compatibility.is(place, new Row(Table.CALLS, "JSSE, server", "with a key of the JDK"), "0");
  }

  private static void handshake(TlsServer server, SSLContext context) throws Exception {
    try (SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      socket.getInputStream().readAllBytes();
    }
  }
}
