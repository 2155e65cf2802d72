package dev.keyhold.keystore.googlekms.fake;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** The fake on a loopback port, which it keeps when it is started again. */
public final class FakeServer implements AutoCloseable {
  /** A key ring that every fake has. */
  public static final String KEY_RING = "projects/test/locations/local/keyRings/keyhold";

  private final FakeKms kms = new FakeKms();
  private int port;
  private Server server;

  private FakeServer() {}

  /** Starts one on a free port. */
  public static FakeServer start() {
    FakeServer fake = new FakeServer();
    fake.restart();
    return fake;
  }

  /** The service, with its switches. */
  public FakeKms kms() {
    return kms;
  }

  /** The value of the option {@code endpoint}. */
  public String endpoint() {
    return "http://127.0.0.1:" + port;
  }

  /** Starts it again, with the keys that it had. */
  public void restart() {
    try {
      server =
          NettyServerBuilder.forAddress(
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
              .permitKeepAliveTime(1, TimeUnit.SECONDS)
              .addService(kms)
              .build()
              .start();
      port = server.getPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Cuts all connections and refuses new ones. */
  public void stop() {
    server.shutdownNow();
    try {
      server.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stop();
  }

  /** Serves until its standard input ends; tells its endpoint on the first line of output. */
  public static void main(String[] arguments) throws IOException {
    try (FakeServer fake = start()) {
      System.out.println(fake.endpoint());
      while (System.in.read() >= 0) {
        // until whoever started this is gone
      }
    }
  }
}
