package dev.keyhold.conformance.network;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP proxy that notes what it is asked, and answers each CONNECT with one status. */
final class ConnectProxy implements AutoCloseable {
  /** The heads of the requests, in one line each. */
  final List<String> requests = new CopyOnWriteArrayList<>();

  private final ServerSocket server;
  private final String status;

  private ConnectProxy(ServerSocket server, String status) {
    this.server = server;
    this.status = status;
  }

  /** Begins to answer, such as with {@code 503 Service Unavailable}. */
  static ConnectProxy answering(String status) {
    try {
      ConnectProxy proxy =
          new ConnectProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), status);
      Thread thread = new Thread(proxy::serve, "proxy");
      thread.setDaemon(true);
      thread.start();
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return server.getLocalPort();
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
        StringBuilder head = new StringBuilder();
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
          head.append(line).append(' ');
        }
        requests.add(head.toString());
        String answer = "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n";
        if (status.startsWith("407")) {
          answer += "Proxy-Authenticate: Basic realm=\"proxy\"\r\n";
        }
        client.getOutputStream().write((answer + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        client.getOutputStream().flush();
      } catch (IOException e) {
        // the client went away, or the test is over
      }
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
