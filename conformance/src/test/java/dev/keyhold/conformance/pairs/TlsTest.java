package dev.keyhold.conformance.pairs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.conformance.BackendKind;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** TLS of the JDK, where server and client have keys that stay in a backend. */
@ParameterizedClass
@EnumSource(
    value = BackendKind.class,
    names = {"SOFTWARE", "PKCS11"})
class TlsTest {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path folder;
  @Parameter BackendKind backend;

  @ParameterizedTest
  @CsvSource({
    "RSA, TLSv1.2, 0", "RSA, TLSv1.2, 1", "RSA, TLSv1.3, 0", "RSA, TLSv1.3, 1",
    "EC, TLSv1.2, 0", "EC, TLSv1.2, 1", "EC, TLSv1.3, 0", "EC, TLSv1.3, 1"
  })
  void bothSidesProveTheirKeys(String algorithm, String protocol, int position) throws Exception {
    try (PairFixture keyhold = PairFixture.installed(backend, folder, position)) {
      keyhold.make(algorithm, "site");
      KeyStore keyStore = keyhold.keyStore();
      SSLContext context = context(keyStore);
      try (Server server = new Server(context, protocol)) {
        SSLSession session = exchange(context, server.port(), protocol);
        assertEquals(protocol, session.getProtocol());
        Certificate[] chain = keyStore.getCertificateChain("site");
        assertEquals(chain[0], session.getPeerCertificates()[0]);
        assertEquals(chain[0], server.client());
      }
    }
  }

  @Test
  void manyHandshakesAtOnceAreServed() throws Exception {
    try (PairFixture keyhold = PairFixture.installed(backend, folder, 0)) {
      keyhold.make("EC", "site");
      KeyStore keyStore = keyhold.keyStore();
      SSLContext context = context(keyStore);
      ExecutorService clients = Executors.newFixedThreadPool(50);
      try (Server server = new Server(context, "TLSv1.3")) {
        Callable<String> handshake =
            () -> exchange(context(keyStore), server.port(), "TLSv1.3").getProtocol();
        List<Callable<String>> tasks = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
          tasks.add(handshake);
        }
        for (Future<String> result : clients.invokeAll(tasks, 120, TimeUnit.SECONDS)) {
          assertEquals("TLSv1.3", result.get());
        }
      } finally {
        clients.shutdownNow();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"RSA, -tls1_2", "RSA, -tls1_3", "EC, -tls1_2", "EC, -tls1_3"})
  void opensslIsServed(String algorithm, String protocol) throws Exception {
    Assumptions.assumeTrue(isInstalled("openssl"), "openssl is not installed");
    try (PairFixture keyhold = PairFixture.installed(backend, folder, 0)) {
      keyhold.make(algorithm, "site");
      String version = protocol.equals("-tls1_2") ? "TLSv1.2" : "TLSv1.3";
      try (Server server = new Server(context(keyhold.keyStore()), version, false)) {
        Process client =
            new ProcessBuilder(
                    "openssl", "s_client", protocol, "-connect", "127.0.0.1:" + server.port())
                .redirectErrorStream(true)
                .start();
        client.getOutputStream().write(HELLO);
        client.getOutputStream().flush();
        String output = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(client.waitFor(30, TimeUnit.SECONDS));
        assertTrue(output.contains("hello"), output);
        assertTrue(output.contains("Peer signature type") || protocol.equals("-tls1_2"), output);
      }
    }
  }

  private static boolean isInstalled(String command) throws InterruptedException {
    try {
      return new ProcessBuilder(command, "version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** A context that shows and trusts the keys of a key store. */
  private static SSLContext context(KeyStore keyStore)
      throws GeneralSecurityException, IOException {
    KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
    keys.init(keyStore, new char[0]);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("site", keyStore.getCertificate("site"));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    TrustManager[] managers = trust.getTrustManagers();
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), managers, new SecureRandom());
    return context;
  }

  private static SSLSession exchange(SSLContext context, int port, String protocol)
      throws IOException {
    try (SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(60_000);
      socket.setEnabledProtocols(new String[] {protocol});
      socket.getOutputStream().write(HELLO);
      assertEquals(
          "hello",
          new String(socket.getInputStream().readNBytes(HELLO.length), StandardCharsets.US_ASCII));
      return socket.getSession();
    }
  }

  /** Echoes five bytes of each client, until it is closed. */
  private static final class Server implements AutoCloseable {
    private final SSLServerSocket socket;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile X509Certificate client;

    Server(SSLContext context, String protocol) throws IOException {
      this(context, protocol, true);
    }

    Server(SSLContext context, String protocol, boolean asksForCertificate) throws IOException {
      socket =
          (SSLServerSocket)
              context
                  .getServerSocketFactory()
                  .createServerSocket(0, 200, InetAddress.getLoopbackAddress());
      socket.setNeedClientAuth(asksForCertificate);
      socket.setEnabledProtocols(new String[] {protocol});
      threads.execute(this::accept);
    }

    int port() {
      return socket.getLocalPort();
    }

    X509Certificate client() {
      assertNotNull(client, "no client showed a certificate");
      return client;
    }

    private void accept() {
      try {
        while (true) {
          SSLSocket accepted = (SSLSocket) socket.accept();
          threads.execute(() -> serve(accepted));
        }
      } catch (IOException e) {
        // closed
      }
    }

    private void serve(SSLSocket accepted) {
      try (accepted) {
        accepted.setSoTimeout(60_000);
        byte[] said = accepted.getInputStream().readNBytes(HELLO.length);
        if (accepted.getNeedClientAuth()) {
          client = (X509Certificate) accepted.getSession().getPeerCertificates()[0];
        }
        accepted.getOutputStream().write(said);
        accepted.getOutputStream().flush();
      } catch (IOException e) {
        // the client sees it
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
      threads.shutdownNow();
    }
  }
}
