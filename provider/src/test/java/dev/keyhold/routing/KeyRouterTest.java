package dev.keyhold.routing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrappedKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyRouterTest {
  private static final KeyRef KEY = new KeyRef("hsm", "orders");
  private static final WrapContext CONTEXT = new WrapContext(Map.of("binding", "orders"));

  @TempDir Path folder;
  private KeyRouter router;
  private FakeBackend backend;

  @BeforeEach
  void routeToARemoteBackend() throws IOException, BackendException {
    Path file = folder.resolve("keyhold.properties");
    Files.writeString(
        file,
        """
        backend.hsm.type = fake
        backend.hsm.remote = yes
        backend.hsm.deadline = 400ms
        backend.hsm.threads = 2
        key.* = hsm
        """);
    FakeBackend.Factory factory = new FakeBackend.Factory();
    router = new KeyRouter(Configuration.read(file, Map.of(), Map.of("fake", factory)));
    backend = factory.made.get("hsm");
    router.create(KEY, KeySpec.AES_256, Set.of(Purpose.ENCRYPT));
    backend.calls.set(0);
  }

  @AfterEach
  void close() {
    router.close();
  }

  @Test
  void aBackendWithoutAConfiguredPinIsKnown() throws IOException {
    assertTrue(router.lacksSecret("hsm"));
    Path file = folder.resolve("with-pin.properties");
    Files.writeString(file, "backend.hsm.type = fake\nbackend.hsm.pin = env:PIN\nkey.* = hsm\n");
    Configuration configuration =
        Configuration.read(file, Map.of(), Map.of("fake", new FakeBackend.Factory()));
    try (KeyRouter other = new KeyRouter(configuration)) {
      assertFalse(other.lacksSecret("hsm"));
    }
  }

  @Test
  void aWrapIsOneCall() throws BackendException {
    byte[] dataKey = new byte[32];
    WrappedKey wrapped = router.wrap(KEY, CONTEXT, dataKey);
    assertEquals(1, backend.calls.get());
    assertArrayEquals(dataKey, router.unwrap(KEY, wrapped, CONTEXT));
  }

  @Test
  void aPassingFaultIsRetried() throws BackendException {
    AtomicInteger faults = new AtomicInteger(2);
    backend.fault =
        () -> {
          if (faults.getAndDecrement() > 0) {
            throw new BackendException(Reason.UNAVAILABLE, "busy");
          }
        };
    router.wrap(KEY, CONTEXT, new byte[32]);
    assertEquals(3, backend.calls.get());
  }

  @Test
  void deniedIsNotRetried() {
    backend.fault =
        () -> {
          throw new BackendException(Reason.DENIED, "disabled");
        };
    BackendException e =
        assertThrows(BackendException.class, () -> router.wrap(KEY, CONTEXT, new byte[32]));
    assertSame(Reason.DENIED, e.reason());
    assertEquals(1, backend.calls.get());
    assertEquals("wrap with key orders at backend hsm (fake): disabled", e.getMessage());
  }

  @Test
  void aKeyIsNotMadeTwice() {
    backend.fault =
        () -> {
          throw new BackendException(Reason.UNAVAILABLE, "busy");
        };
    KeyRef other = new KeyRef("hsm", "other");
    assertThrows(
        BackendException.class,
        () -> router.create(other, KeySpec.AES_256, Set.of(Purpose.ENCRYPT)));
    assertEquals(1, backend.calls.get());
  }

  @Test
  void aHangingBackendHoldsItsOwnThreadsOnly() throws InterruptedException {
    CountDownLatch release = new CountDownLatch(1);
    backend.fault =
        () -> {
          while (release.getCount() > 0) { // as native code, deaf to interrupts
            LockSupport.parkNanos(1_000_000);
          }
        };
    for (int i = 0; i < 5; i++) {
      BackendException e =
          assertThrows(BackendException.class, () -> router.wrap(KEY, CONTEXT, new byte[32]));
      assertSame(Reason.UNAVAILABLE, e.reason());
      assertTrue(e.getMessage().contains("no answer within 400 ms"), e.getMessage());
    }
    assertEquals(2, backend.calls.get(), "as many as it has threads");
    release.countDown();
  }

  @Test
  void aBackendThatFailsInARowIsLeftAloneForAWhileAndThenTriedAgain() throws Exception {
    try (KeyRouter other = routed("breaker-failures = 2", "breaker-pause = 200ms")) {
      backend.fault =
          () -> {
            throw new BackendException(Reason.UNAVAILABLE, "down");
          };
      for (int i = 0; i < 2; i++) {
        assertThrows(BackendException.class, () -> other.unname(KEY));
      }
      assertEquals(2, backend.calls.get());
      BackendException e =
          assertThrows(BackendException.class, () -> other.wrap(KEY, CONTEXT, new byte[32]));
      assertSame(Reason.UNAVAILABLE, e.reason());
      assertTrue(e.getMessage().contains("left alone"), e.getMessage());
      assertEquals(2, backend.calls.get(), "it was asked all the same");
      backend.fault = () -> {};
      Thread.sleep(250);
      other.describe(KEY);
      other.describe(KEY);
    }
  }

  @Test
  void answersThatRefuseDontOpenTheBreaker() throws Exception {
    try (KeyRouter other = routed("breaker-failures = 2")) {
      for (Reason reason : List.of(Reason.DENIED, Reason.BAD_CIPHERTEXT, Reason.NOT_FOUND)) {
        backend.fault =
            () -> {
              throw new BackendException(reason, "no");
            };
        for (int i = 0; i < 5; i++) {
          BackendException e = assertThrows(BackendException.class, () -> other.describe(KEY));
          assertSame(reason, e.reason());
        }
      }
      assertEquals(15, backend.calls.get());
    }
  }

  @Test
  void noMoreCallsASecondAreMadeThanConfigured() throws Exception {
    try (KeyRouter other = routed("calls-per-second = 3", "deadline = 50ms")) {
      int served = 0;
      BackendException last = null;
      for (int i = 0; i < 8; i++) {
        try {
          other.describe(KEY);
          served++;
        } catch (BackendException e) {
          last = e;
        }
      }
      // the eight take less than a second, but may stand on both sides of one's end
      assertTrue(served >= 3 && served <= 6, "served " + served);
      assertEquals(served, backend.calls.get());
      assertSame(Reason.UNAVAILABLE, last.reason());
      assertTrue(last.getMessage().contains("calls-per-second"), last.getMessage());
    }
  }

  /** A router to a backend with further options and one key; {@link #backend} is its backend. */
  private KeyRouter routed(String... options) throws Exception {
    Path file = folder.resolve("other.properties");
    List<String> lines = new ArrayList<>(List.of("backend.hsm.type = fake", "key.* = hsm"));
    lines.add("backend.hsm.remote = yes");
    for (String option : options) {
      lines.add("backend.hsm." + option);
    }
    Files.write(file, lines);
    FakeBackend.Factory factory = new FakeBackend.Factory();
    KeyRouter other = new KeyRouter(Configuration.read(file, Map.of(), Map.of("fake", factory)));
    backend = factory.made.get("hsm");
    backend.create(new KeyRequest("orders", KeySpec.AES_256, Set.of(Purpose.ENCRYPT)));
    backend.calls.set(0);
    return other;
  }

  @Test
  void anInterruptEndsTheWait() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    backend.fault =
        () -> {
          begun.countDown();
          try {
            never.await();
          } catch (InterruptedException e) {
            throw new BackendException(Reason.UNAVAILABLE, "interrupted", e);
          }
        };
    AtomicReference<BackendException> thrown = new AtomicReference<>();
    AtomicReference<Boolean> flag = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              thrown.set(
                  assertThrows(
                      BackendException.class, () -> router.wrap(KEY, CONTEXT, new byte[32])));
              flag.set(Thread.currentThread().isInterrupted());
            });
    caller.start();
    begun.await();
    caller.interrupt();
    caller.join();
    assertSame(Reason.UNAVAILABLE, thrown.get().reason());
    assertTrue(flag.get());
    assertEquals(1, backend.calls.get());
  }

  @Test
  void afterCloseAllIsRefused() {
    router.close();
    assertTrue(backend.closed);
    BackendException e =
        assertThrows(BackendException.class, () -> router.wrap(KEY, CONTEXT, new byte[32]));
    assertSame(Reason.UNAVAILABLE, e.reason());
  }

  @Test
  void keysFromOutsideAreRefusedUnlessTheConfigurationAllowsThem() {
    BackendException e =
        assertThrows(
            BackendException.class,
            () -> router.importKey(KEY, KeySpec.AES_256, Set.of(Purpose.ENCRYPT), new byte[32]));
    assertSame(Reason.DENIED, e.reason());
    assertTrue(e.getMessage().contains("backend.hsm.import = allow"), e.getMessage());
  }
}
