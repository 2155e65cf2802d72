package dev.keyhold.conformance.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Stands before a server on this machine, and forgets connections as a firewall does: what either
 * side sends on them from then on is dropped, without a sign. New connections pass. Thread-safe.
 */
final class Firewall implements AutoCloseable {
  private final ServerSocket server;
  private final int target;
  private final List<Connection> connections = new CopyOnWriteArrayList<>();

  private static final class Connection {
    final Socket client;
    final Socket upstream;
    volatile boolean forgotten;
    volatile boolean triedSince;

    Connection(Socket client, Socket upstream) {
      this.client = client;
      this.upstream = upstream;
    }
  }

  private Firewall(int target) throws IOException {
    this.target = target;
    this.server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
  }

  static Firewall before(int port) {
    try {
      Firewall firewall = new Firewall(port);
      start(firewall::accept);
      return firewall;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return server.getLocalPort();
  }

  /** Forgets all connections there are; returns how many. */
  int forget() {
    connections.forEach(connection -> connection.forgotten = true);
    return connections.size();
  }

  /** How many forgotten connections something was sent on afterwards. */
  long triedInVain() {
    return connections.stream().filter(connection -> connection.triedSince).count();
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "firewall");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (!server.isClosed()) {
        Socket client = server.accept();
        Socket upstream = new Socket(InetAddress.getLoopbackAddress(), target);
        Connection connection = new Connection(client, upstream);
        connections.add(connection);
        start(() -> pump(connection, client, upstream));
        start(() -> pump(connection, upstream, client));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private static void pump(Connection connection, Socket from, Socket to) {
    byte[] buffer = new byte[8192];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (!connection.forgotten) {
          out.write(buffer, 0, n);
        } else if (from == connection.client) {
          connection.triedSince = true;
        }
      }
      if (!connection.forgotten) {
        to.shutdownOutput();
      }
    } catch (IOException e) {
      // one of them is gone
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Connection connection : connections) {
        connection.client.close();
        connection.upstream.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
