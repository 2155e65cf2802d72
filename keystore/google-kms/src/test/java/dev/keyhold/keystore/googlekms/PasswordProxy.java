package dev.keyhold.keystore.googlekms;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An HTTP proxy that connects to one server, whatever it is asked for, who gives its password. */
final class PasswordProxy implements AutoCloseable {
  private static final Pattern GIVEN = Pattern.compile("(?im)^Proxy-Authorization: *(.*?)\\s*$");

  private final ServerSocket socket;
  private final InetSocketAddress server;
  private final String wanted;
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger connected = new AtomicInteger();

  private PasswordProxy(ServerSocket socket, InetSocketAddress server, String userAndPassword) {
    this.socket = socket;
    this.server = server;
    byte[] bytes = userAndPassword.getBytes(StandardCharsets.UTF_8);
    wanted = "Basic " + Base64.getEncoder().encodeToString(bytes);
  }

  static PasswordProxy to(InetSocketAddress server, String userAndPassword) throws IOException {
    PasswordProxy proxy =
        new PasswordProxy(
            new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), server, userAndPassword);
    start(proxy::accept);
    return proxy;
  }

  int port() {
    return socket.getLocalPort();
  }

  /** How many requests had no password. */
  int asked() {
    return asked.get();
  }

  /** How many had a wrong one. */
  int refused() {
    return refused.get();
  }

  int connected() {
    return connected.get();
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        start(() -> serve(client));
      } catch (IOException e) {
        return; // the test is over
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      String head = head(client.getInputStream());
      OutputStream out = client.getOutputStream();
      Matcher given = GIVEN.matcher(head);
      boolean has = given.find();
      if (!has || !given.group(1).equals(wanted)) {
        (has ? refused : asked).incrementAndGet();
        String answer =
            String.join(
                "\r\n",
                "HTTP/1.1 407 Proxy Authentication Required",
                "Content-Length: 0",
                "Connection: close",
                "Proxy-Authenticate: Basic realm=\"proxy\"",
                "",
                "");
        out.write(answer.getBytes(StandardCharsets.US_ASCII));
        return;
      }
      connected.incrementAndGet();
      try (Socket onward = new Socket(server.getAddress(), server.getPort())) {
        out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        start(() -> copy(onward, client));
        client.getInputStream().transferTo(onward.getOutputStream());
      }
    } catch (IOException e) {
      // the client went away
    }
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // the server went away
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    for (int b = in.read(); b >= 0; b = in.read()) {
      head.append((char) b);
      if (head.toString().endsWith("\r\n\r\n")) {
        break;
      }
    }
    return head.toString();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
