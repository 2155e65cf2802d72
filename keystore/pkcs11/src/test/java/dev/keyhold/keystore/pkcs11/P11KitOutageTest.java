package dev.keyhold.keystore.pkcs11;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.pkcs11.library.LibraryCopy;
import dev.keyhold.keystore.pkcs11.library.Module;
import dev.keyhold.keystore.pkcs11.token.ModuleProbe;
import dev.keyhold.keystore.pkcs11.token.Pin;
import dev.keyhold.keystore.pkcs11.token.SunPkcs11Token;
import dev.keyhold.keystore.pkcs11.token.TokenConnection;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A token behind a server process (p11-kit's) that goes and comes back. */
@Tag("token")
class P11KitOutageTest {
  private static final WrapContext CONTEXT = new WrapContext(Map.of("alias", "orders"));
  private static final KeyRequest ORDERS =
      new KeyRequest("orders", KeySpec.AES_256, Set.of(Purpose.ENCRYPT));
  private static final List<Path> CLIENTS =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu/pkcs11/p11-kit-client.so"),
          Path.of("/usr/lib/aarch64-linux-gnu/pkcs11/p11-kit-client.so"),
          Path.of("/usr/lib64/pkcs11/p11-kit-client.so"));

  /** What 20 instances of SunPKCS11 take that stay reachable. */
  private static final long MOST_GROWTH = 4 << 20;

  private final AtomicInteger copies = new AtomicInteger();
  private Process server;

  @AfterEach
  void stop() throws Exception {
    kill();
  }

  private static Path client() {
    Path client =
        CLIENTS.stream().filter(Files::isRegularFile).findFirst().orElse(Path.of("/none"));
    assumeTrue(
        Files.isRegularFile(client) && isThere("p11-kit"),
        "SKIPPED: no p11-kit (install p11-kit and p11-kit-modules)");
    return client;
  }

  private static Path socket() {
    String address = System.getenv("P11_KIT_SERVER_ADDRESS");
    assumeTrue(address != null, "SKIPPED: P11_KIT_SERVER_ADDRESS is not set; run by Maven");
    return Path.of(address.substring(address.indexOf('=') + 1));
  }

  @Test
  void servesAgainAfterEachOutageByOneCopyAlone() throws Exception {
    Path client = client();
    Path socket = socket();
    SoftHsm hsm = SoftHsm.create().withToken("tok");
    start(hsm, socket);
    Pin pin = new Pin(hsm.options("tok").secret("pin"), "hsm");
    TokenConnection connection =
        new TokenConnection(
            client,
            new HashMap<>(),
            path -> SunPkcs11Token.open(new Module(path), "tok", pin),
            new ModuleProbe("tok", ""),
            path -> {
              copies.incrementAndGet();
              return LibraryCopy.of(path);
            },
            Clock.systemUTC());
    try (Backend backend =
        new Pkcs11Backend(
            "tok", connection, pin, new Pkcs11Choices(WrapChoice.AUTO, false), Clock.systemUTC())) {
      backend.require(KeyMaking.class).create(ORDERS);
      WrappedKey wrapped = backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]);
      for (int outage = 1; outage <= 3; outage++) {
        kill();
        for (int attempt = 0; attempt < 4; attempt++) {
          BackendException e =
              Expect.failure(
                  Reason.UNAVAILABLE,
                  () -> backend.require(Keks.class).unwrap("orders", wrapped, CONTEXT));
          if (attempt > 0) {
            assertTrue(e.getMessage().contains("shows no token"), e.getMessage());
            assertTrue(e.getMessage().contains("tried again in"), e.getMessage());
          }
          Thread.sleep(TokenConnection.PAUSE.toMillis());
        }
        assertEquals(outage - 1, copies.get());
        start(hsm, socket);
        Thread.sleep(TokenConnection.PAUSE.toMillis());
        assertArrayEquals(
            new byte[32], backend.require(Keks.class).unwrap("orders", wrapped, CONTEXT));
        assertEquals(outage, copies.get());
      }
    }
  }

  /** The process that looks for the token is left out: a thousand of them would take minutes. */
  @Test
  void aThousandAttemptsInAnOutageLeaveNothingBehind() throws Exception {
    Path client = client();
    Path socket = socket();
    SoftHsm hsm = SoftHsm.create().withToken("tok");
    start(hsm, socket);
    Pin pin = new Pin(hsm.options("tok").secret("pin"), "hsm");
    TestClock clock = new TestClock();
    AtomicInteger looked = new AtomicInteger();
    TokenConnection connection =
        new TokenConnection(
            client,
            new HashMap<>(),
            path -> SunPkcs11Token.open(new Module(path), "tok", pin),
            library -> {
              if (!server.isAlive()) {
                looked.incrementAndGet();
                throw new BackendException(Reason.UNAVAILABLE, "the module shows no token");
              }
            },
            path -> {
              copies.incrementAndGet();
              return LibraryCopy.of(path);
            },
            clock);
    try (Backend backend =
        new Pkcs11Backend(
            "tok", connection, pin, new Pkcs11Choices(WrapChoice.AUTO, false), clock)) {
      backend.require(KeyMaking.class).create(ORDERS);
      WrappedKey wrapped = backend.require(Keks.class).wrap("orders", CONTEXT, new byte[32]);
      kill();
      int made = copies.get(); // the other test of this JVM may have left the client dead
      fail(backend, wrapped, clock, 100);
      long before = UsedHeap.bytes();
      int threads = Thread.getAllStackTraces().size();
      fail(backend, wrapped, clock, 1000);
      long growth = UsedHeap.bytes() - before;
      assertTrue(growth < MOST_GROWTH, growth + " bytes more");
      int more = Thread.getAllStackTraces().size() - threads;
      assertTrue(more < 20, more + " threads more");
      assertTrue(looked.get() >= 1000, "each attempt looks for the token");
      assertEquals(made, copies.get());
    }
  }

  private static void fail(Backend backend, WrappedKey wrapped, TestClock clock, int attempts) {
    for (int i = 0; i < attempts; i++) {
      Expect.failure(
          Reason.UNAVAILABLE, () -> backend.require(Keks.class).unwrap("orders", wrapped, CONTEXT));
      clock.advance(TokenConnection.PAUSE);
    }
  }

  private static boolean isThere(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private void start(SoftHsm hsm, Path socket) throws Exception {
    Files.deleteIfExists(socket);
    Files.createDirectories(socket.getParent());
    ProcessBuilder builder =
        new ProcessBuilder(
            "p11-kit",
            "server",
            "--provider",
            hsm.library().toString(),
            "-f",
            "-n",
            socket.toString(),
            "pkcs11:token=tok");
    builder.environment().put("XDG_RUNTIME_DIR", socket.getParent().toString());
    server =
        builder
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    while (!Files.exists(socket)) {
      assertTrue(server.isAlive(), "p11-kit server has ended");
      Thread.sleep(20);
    }
  }

  /** Ends the server, and the process of its own that it has for each connection. */
  private void kill() throws Exception {
    if (server == null) {
      return;
    }
    List<ProcessHandle> all = server.descendants().toList();
    server.destroyForcibly().waitFor();
    all.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle one : all) {
      one.onExit().get();
    }
  }
}
