package dev.keyhold.conformance.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdProvider;
import dev.keyhold.conformance.BackendFixture;
import dev.keyhold.conformance.KeyholdConfig;
import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.facet.Keks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.ProviderException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/** A thousand calls to a service that is away leave neither memory nor threads behind. */
@ParameterizedClass
@CsvSource({"aws-kms, REFUSES", "aws-kms, HANGS_UP", "google-kms, REFUSES", "google-kms, HANGS_UP"})
class DeadBackendMemoryTest {
  private static final int ATTEMPTS = 1000;

  /** 8 KiB an attempt: what keeps a client, a connection or a thread takes more. */
  private static final long MOST_GROWTH = ATTEMPTS * 8192L;

  private static final int MOST_THREADS = 20;
  private static final WrapContext CONTEXT = new WrapContext(Map.of("alias", "orders"));

  /** Held, so that its level stays: a thousand warnings would fill the test's output. */
  private static final Logger LOGGER = Logger.getLogger("dev.keyhold");

  enum Way {
    REFUSES,
    HANGS_UP
  }

  @TempDir Path folder;

  @Parameter(0)
  String type;

  @Parameter(1)
  Way way;

  private ServerSocket server;
  private int port;

  @BeforeEach
  void open() throws IOException {
    LOGGER.setLevel(Level.OFF);
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    port = server.getLocalPort();
    if (way == Way.REFUSES) {
      server.close();
      return;
    }
    Thread thread = new Thread(this::hangUp, "hangs-up");
    thread.setDaemon(true);
    thread.start();
  }

  private void hangUp() {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        client.setSoLinger(true, 0);
      } catch (IOException e) {
        // the client went away, or the test is over
      }
    }
  }

  @AfterEach
  void close() throws IOException {
    server.close();
    LOGGER.setLevel(null);
  }

  private Map<String, String> options() {
    Map<String, String> options = new LinkedHashMap<>();
    if (type.equals("aws-kms")) {
      options.put("region", "eu-west-1");
    } else {
      options.put("key-ring", "projects/p/locations/l/keyRings/r");
    }
    options.put("endpoint", "http://127.0.0.1:" + port);
    options.put("timeout", "30s");
    return options;
  }

  @FunctionalInterface
  private interface Attempt {
    void make() throws Exception;
  }

  private static void assertFlat(Attempt attempt) throws Exception {
    for (int i = 0; i < ATTEMPTS / 10; i++) {
      attempt.make();
    }
    long before = used();
    int threads = Thread.getAllStackTraces().size();
    for (int i = 0; i < ATTEMPTS; i++) {
      attempt.make();
    }
    long growth = used() - before;
    assertTrue(growth < MOST_GROWTH, growth + " bytes more");
    int more = Thread.getAllStackTraces().size() - threads;
    assertTrue(more < MOST_THREADS, more + " threads more");
  }

  /** The heap in use after what nothing holds was collected. */
  private static long used() throws InterruptedException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      Thread.sleep(100);
      Runtime runtime = Runtime.getRuntime();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  @Test
  void callsOfTheBackend() throws Exception {
    try (Backend backend = BackendFixture.create(type, folder, options())) {
      assertFlat(
          () -> {
            BackendException e =
                assertThrows(
                    BackendException.class,
                    () -> backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]));
            assertEquals(Reason.UNAVAILABLE, e.reason(), e.getMessage());
          });
    }
  }

  @Test
  void usesOfTheProvider() throws Exception {
    KeyholdConfig config = KeyholdConfig.in(folder).line("backend.b.type = " + type);
    options().forEach((option, value) -> config.line("backend.b." + option + " = " + value));
    try (KeyholdProvider provider =
        config.line("backend.b.deadline = 200ms").line("key.* = b").provider()) {
      KeyStore keys = KeyStore.getInstance("Keyhold", provider);
      keys.load(null, null);
      assertFlat(() -> assertThrows(ProviderException.class, () -> keys.getKey("orders", null)));
    }
  }
}
