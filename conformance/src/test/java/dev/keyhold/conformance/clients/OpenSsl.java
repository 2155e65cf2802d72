package dev.keyhold.conformance.clients;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command {@code openssl} as a peer that shares no code with the JDK. */
final class OpenSsl {
  private static final String REQUEST =
      "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

  private OpenSsl() {}

  static boolean isInstalled() throws InterruptedException {
    try {
      Process version = new ProcessBuilder("openssl", "version").start();
      version.getInputStream().readAllBytes();
      return version.waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * What {@code s_client} prints of a handshake and of the answer to a request.
   *
   * @param root the certificate to trust
   */
  static String client(int port, Path root, Protocol protocol, Scheme scheme)
      throws IOException, InterruptedException {
    Process client =
        start(
            List.of("s_client", "-connect", "127.0.0.1:" + port, "-ign_eof"),
            List.of(protocol.opensslOption(), "-sigalgs", sigalgs(scheme)),
            List.of("-CAfile", root.toString(), "-verify_return_error"),
            List.of("-verify_hostname", "localhost", "-servername", "localhost"));
    client.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
    client.getOutputStream().close();
    String output = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!client.waitFor(30, TimeUnit.SECONDS)) {
      client.destroyForcibly();
    }
    return output;
  }

  /** With what the certificates of the test's CA are signed. */
  private static String sigalgs(Scheme scheme) {
    return scheme == Scheme.P256
        ? scheme.opensslSignature()
        : scheme.opensslSignature() + ":ECDSA+SHA256";
  }

  /**
   * A running {@code s_server} that demands a client's certificate, and sends lines back reversed.
   */
  record Server(Process process, BufferedReader lines, int port) implements AutoCloseable {
    /** The next line that begins so, and what follows. */
    String told(String beginning) throws IOException {
      String line = lines.readLine();
      while (line != null && !line.startsWith(beginning)) {
        line = lines.readLine();
      }
      return line == null ? "" : line.substring(beginning.length()).strip();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  /**
   * Starts a server for one connection.
   *
   * @param identity PEM file with its key and chain
   * @param scheme how clients must sign
   */
  static Server server(Path identity, Path root, Protocol protocol, Scheme scheme)
      throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Process process =
        start(
            List.of("s_server", "-accept", "127.0.0.1:" + port, "-naccept", "1", "-rev"),
            List.of("-cert", identity.toString(), "-cert_chain", identity.toString()),
            List.of(protocol.opensslOption(), "-client_sigalgs", sigalgs(scheme)),
            List.of("-CAfile", root.toString(), "-Verify", "3", "-verify_return_error"));
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    Server server = new Server(process, lines, port);
    server.told("ACCEPT");
    return server;
  }

  @SafeVarargs
  private static Process start(List<String>... parts) throws IOException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    for (List<String> part : parts) {
      command.addAll(part);
    }
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }
}
