package dev.keyhold.demo;

import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.ExitCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** AWS KMS for the demo: the emulator moto, a process of its own on a free loopback port. */
final class MotoServer implements AutoCloseable {
  private static final int ATTEMPTS = 300;

  private final Process process;
  private final int port;

  private MotoServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static MotoServer start() throws CommandFailure, IOException, InterruptedException {
    int port = freePort();
    String program = System.getenv().getOrDefault("KEYHOLD_MOTO", "moto_server");
    Process process;
    try {
      process =
          new ProcessBuilder(program, "-H", "127.0.0.1", "-p", Integer.toString(port))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "the demo with --backend aws-kms needs moto_server; install it by pip install"
              + " 'moto[server]', or name it in the environment variable KEYHOLD_MOTO",
          e);
    }
    MotoServer server = new MotoServer(process, port);
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    server.await();
    return server;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void await() throws CommandFailure, InterruptedException {
    for (int i = 0; i < ATTEMPTS && process.isAlive(); i++) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        return;
      } catch (IOException e) {
        Thread.sleep(100); // not yet
      }
    }
    close();
    throw new CommandFailure(ExitCode.FAILED, "moto_server does not start");
  }

  /** Returns a Keyhold configuration whose keys are all at this server. */
  String configuration() {
    return """
        backend.demo.type     = aws-kms
        backend.demo.region   = eu-west-1
        backend.demo.endpoint = http://127.0.0.1:%s
        key.*                 = demo
        """
        .formatted(port);
  }

  /** Returns what the SDK's chain finds; moto takes any. */
  static Map<String, String> credentials() {
    return Map.of("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY", "moto");
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
