package dev.keyhold.gate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.config.Configuration;
import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.policy.KeyRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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
        backend.hsm.deadline = 60s
        backend.hsm.threads = 2
        key.* = hsm
        """);
    FakeBackend.Factory factory = new FakeBackend.Factory();
    router = new KeyRouter(Configuration.read(file, Map.of(), Map.of("fake", factory)));
    backend = factory.made.get("hsm");
    router.administration(Access.NONE).create(KEY, KeySpec.AES_256, Set.of(Purpose.ENCRYPT));
    backend.calls.set(0);
  }

  @AfterEach
  void close() {
    router.close();
  }

  @Test
  void aBackendWithoutAConfiguredPinIsKnown() throws IOException {
    assertTrue(router.facts().lacksSecret("hsm"));
    Path file = folder.resolve("with-pin.properties");
    Files.writeString(file, "backend.hsm.type = fake\nbackend.hsm.pin = env:PIN\nkey.* = hsm\n");
    Configuration configuration =
        Configuration.read(file, Map.of(), Map.of("fake", new FakeBackend.Factory()));
    try (KeyRouter other = new KeyRouter(configuration)) {
      assertFalse(other.facts().lacksSecret("hsm"));
    }
  }

  @Test
  void aWrapIsOneCall() throws BackendException {
    byte[] dataKey = new byte[32];
    WrappedKey wrapped = router.pass(Access.NONE, KEY, new KeyCall.Wrap(CONTEXT, dataKey));
    assertEquals(1, backend.calls.get());
    assertArrayEquals(dataKey, router.pass(Access.NONE, KEY, new KeyCall.Unwrap(wrapped, CONTEXT)));
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
    router.pass(Access.NONE, KEY, new KeyCall.Wrap(CONTEXT, new byte[32]));
    assertEquals(3, backend.calls.get());
  }

  @Test
  void deniedIsNotRetried() {
    backend.fault = FakeBackend.Fault.failing(Reason.DENIED, "disabled");
    BackendException e =
        assertThrows(
            BackendException.class,
            () -> router.pass(Access.NONE, KEY, new KeyCall.Wrap(CONTEXT, new byte[32])));
    assertSame(Reason.DENIED, e.reason());
    assertEquals(1, backend.calls.get());
    assertEquals("wrap with key orders at backend hsm (fake): disabled", e.getMessage());
  }

  @Test
  void aKeyIsNotMadeTwice() {
    int before = backend.creations.get();
    backend.fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "busy");
    KeyRef other = new KeyRef("hsm", "other");
    assertThrows(
        BackendException.class,
        () ->
            router
                .administration(Access.NONE)
                .create(other, KeySpec.AES_256, Set.of(Purpose.ENCRYPT)));
    assertEquals(before + 1, backend.creations.get());
  }

  @Test
  void aHangingBackendHoldsItsOwnThreadsOnly() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    try (KeyRouter other = routed("threads = 2", "deadline = 400ms", "breaker-failures = 1000")) {
      backend.fault =
          () -> {
            while (release.getCount() > 0) { // as native code, deaf to interrupts
              LockSupport.parkNanos(1_000_000);
            }
          };
      // a call that got no thread in its time holds none
      for (int i = 0; i < 100 && backend.calls.get() < 2; i++) {
        assertNoAnswer(other);
      }
      for (int i = 0; i < 3; i++) {
        assertNoAnswer(other);
      }
      assertEquals(2, backend.calls.get(), "as many as it has threads");
    } finally {
      release.countDown();
    }
  }

  private void assertNoAnswer(KeyRouter hung) {
    BackendException e =
        assertThrows(
            BackendException.class,
            () -> hung.pass(Access.NONE, KEY, new KeyCall.Wrap(CONTEXT, new byte[32])));
    assertSame(Reason.UNAVAILABLE, e.reason());
    assertTrue(e.getMessage().contains("no answer within 400 ms"), e.getMessage());
  }

  @Test
  void aBackendThatFailsInARowIsLeftAlone() throws Exception {
    try (KeyRouter other = routed("breaker-failures = 2", "breaker-pause = 1000s")) {
      failTwice(other);
      BackendException e =
          assertThrows(
              BackendException.class,
              () -> other.pass(Access.NONE, KEY, new KeyCall.Wrap(CONTEXT, new byte[32])));
      assertSame(Reason.UNAVAILABLE, e.reason());
      assertTrue(e.getMessage().contains("in a row"), e.getMessage());
      assertEquals(2, backend.calls.get(), "it was asked all the same");
    }
  }

  @Test
  @Timeout(60)
  void aBackendThatWasLeftAloneIsTriedAgain() throws Exception {
    try (KeyRouter other = routed("breaker-failures = 2", "breaker-pause = 10ms")) {
      failTwice(other);
      backend.fault = () -> {};
      while (backend.calls.get() == 2) {
        try {
          other.describe(Access.NONE, KEY);
        } catch (BackendException e) {
          assertTrue(e.getMessage().contains("in a row"), e.getMessage());
          assertFalse(Thread.currentThread().isInterrupted(), "the pause does not end");
        }
      }
      other.describe(Access.NONE, KEY);
      assertEquals(4, backend.calls.get());
    }
  }

  private void failTwice(KeyRouter other) {
    backend.fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "down");
    for (int i = 0; i < 2; i++) {
      assertThrows(BackendException.class, () -> other.administration(Access.NONE).unname(KEY));
    }
    assertEquals(2, backend.calls.get());
  }

  @Test
  void answersThatRefuseDontOpenTheBreaker() throws Exception {
    try (KeyRouter other = routed("breaker-failures = 2")) {
      for (Reason reason : List.of(Reason.DENIED, Reason.BAD_CIPHERTEXT, Reason.NOT_FOUND)) {
        backend.fault = FakeBackend.Fault.failing(reason, "no");
        for (int i = 0; i < 5; i++) {
          BackendException e =
              assertThrows(BackendException.class, () -> other.describe(Access.NONE, KEY));
          assertSame(reason, e.reason());
        }
      }
      assertEquals(15, backend.calls.get());
    }
  }

  @Test
  void noMoreCallsASecondAreMadeThanConfigured() throws Exception {
    try (KeyRouter other = routed("calls-per-second = 3")) {
      long begun = System.nanoTime();
      for (int i = 0; i < 7; i++) {
        other.describe(Access.NONE, KEY);
      }
      // three at the end of a second, three in the next one, one at the begin of the third
      assertTrue(System.nanoTime() - begun >= 990_000_000, "seven calls in less than a second");
      assertEquals(7, backend.calls.get());
    }
  }

  @Test
  void aCallThatIsNotPermittedWithinTheDeadlineIsRefused() throws Exception {
    try (KeyRouter other =
        routed("calls-per-second = 1", "deadline = 500ms", "breaker-failures = 1000")) {
      int permitted = untilRateLimited(() -> other.describe(Access.NONE, KEY));
      assertTrue(backend.calls.get() <= permitted, "a call that was refused was made");
    }
  }

  /**
   * Makes calls until one is refused for their rate. Where each takes a second, none is; and some
   * may be too slow for a short deadline.
   *
   * @return how many were permitted before
   */
  private static int untilRateLimited(Use call) {
    for (int permitted = 0; permitted < 1000; permitted++) {
      try {
        call.make();
      } catch (BackendException e) {
        assertSame(Reason.UNAVAILABLE, e.reason());
        if (e.getMessage().contains("calls-per-second")) {
          return permitted;
        }
        assertTrue(e.getMessage().contains("no answer within"), e.getMessage());
      }
    }
    throw new AssertionError("none of 1000 calls was refused");
  }

  @FunctionalInterface
  private interface Use {
    void make() throws BackendException;
  }

  @Test
  void whatABackendKnowsByHeartIsNoCall() throws Exception {
    try (KeyRouter other = routed("calls-per-second = 1")) {
      for (int i = 0; i < 5; i++) {
        assertEquals("fake:orders@hsm", other.identity(Access.NONE, KEY));
      }
      assertEquals(0, backend.identifications.get());
      backend.knowsIdentities = false;
      other.identity(Access.NONE, KEY);
      assertEquals(1, backend.identifications.get());
    }
    try (KeyRouter other =
        routed("calls-per-second = 1", "deadline = 500ms", "breaker-failures = 1000")) {
      backend.knowsIdentities = false;
      untilRateLimited(() -> other.identity(Access.NONE, KEY));
    }
  }

  @Test
  void anOutageOfDecryptionAloneOpensTheBreaker() throws Exception {
    try (KeyRouter other = routed("breaker-failures = 2", "breaker-pause = 1000s")) {
      backend.fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "down");
      for (int i = 0; i < 2; i++) {
        other.identity(Access.NONE, KEY);
        assertThrows(
            BackendException.class,
            () -> other.pass(Access.NONE, KEY, new KeyCall.Wrap(CONTEXT, new byte[32])));
      }
      assertTrue(wrapRefused(other).contains("in a row"));
    }
  }

  private String wrapRefused(KeyRouter other) {
    return assertThrows(
            BackendException.class,
            () -> other.pass(Access.NONE, KEY, new KeyCall.Wrap(CONTEXT, new byte[32])))
        .getMessage();
  }

  @Test
  void whatThisSideRefusesSaysNothingOfTheBackend() throws Exception {
    try (KeyRouter other =
        routed("breaker-failures = 20", "calls-per-second = 1", "deadline = 200ms")) {
      int inARow = 0;
      for (int i = 0; i < 10_000 && inARow <= 20; i++) { // a second may end meanwhile
        inARow = untilRateLimited(() -> other.describe(Access.NONE, KEY)) == 0 ? inARow + 1 : 1;
      }
      assertEquals(21, inARow);
    }
    try (KeyRouter other = routed("breaker-failures = 2")) {
      backend.fault = KeyRouterTest::hang;
      for (int i = 0; i < 5; i++) {
        Thread.currentThread().interrupt();
        assertTrue(wrapRefused(other).contains("interrupted"));
        assertTrue(Thread.interrupted());
      }
      backend.fault = () -> {};
      other.describe(Access.NONE, KEY);
    }
  }

  /** Until it is interrupted. */
  private static void hang() throws BackendException {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      throw new BackendException(Reason.UNAVAILABLE, "interrupted", e);
    }
  }

  @Test
  void aProbeThatIsInterruptedDoesNotEndTheProbing() throws Exception {
    try (KeyRouter other = routed("breaker-failures = 1", "breaker-pause = 10ms")) {
      backend.fault =
          () -> {
            throw new BackendException(Reason.DENIED, "no", new IllegalStateException());
          };
      assertTrue(wrapRefused(other).contains("no"));
      backend.fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "down");
      assertThrows(BackendException.class, () -> other.administration(Access.NONE).unname(KEY));
      backend.fault = KeyRouterTest::hang;
      String refused;
      do {
        Thread.sleep(5);
        Thread.currentThread().interrupt();
        refused = wrapRefused(other);
        Thread.interrupted();
      } while (refused.contains("in a row"));
      assertTrue(refused.contains("interrupted"), refused);
      backend.fault = () -> {};
      BackendException last = null;
      for (int i = 0; i < 100; i++) {
        try {
          other.describe(Access.NONE, KEY);
          return;
        } catch (BackendException e) {
          last = e;
          Thread.sleep(5);
        }
      }
      throw last;
    }
  }

  @Test
  void aDefectOfABackendIsNamedAndAMistakeOfTheCallerStays() throws Exception {
    backend.fault =
        () -> {
          throw new IllegalStateException("pin 1234");
        };
    BackendException e =
        assertThrows(
            BackendException.class,
            () -> router.pass(Access.NONE, KEY, new KeyCall.Wrap(CONTEXT, new byte[32])));
    assertSame(Reason.UNAVAILABLE, e.reason());
    assertTrue(e.getMessage().contains("IllegalStateException"), e.getMessage());
    assertFalse(e.getMessage().contains("1234"), e.getMessage());
    backend.fault =
        () -> {
          throw new IllegalArgumentException("a message too long");
        };
    assertThrows(
        IllegalArgumentException.class,
        () -> router.pass(Access.NONE, KEY, new KeyCall.Wrap(CONTEXT, new byte[32])));
    backend.fault =
        () -> {
          throw new StackOverflowError();
        };
    assertThrows(
        StackOverflowError.class,
        () -> router.pass(Access.NONE, KEY, new KeyCall.Wrap(CONTEXT, new byte[32])));
  }

  @Test
  void closingReleasesWhoeverWaits() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    KeyRouter other = routed("threads = 1", "deadline = 100s");
    try {
      CountDownLatch begun = new CountDownLatch(1);
      backend.fault =
          () -> {
            begun.countDown();
            while (release.getCount() > 0) { // deaf to interrupts
              LockSupport.parkNanos(1_000_000);
            }
          };
      FutureTask<String> running = new FutureTask<>(() -> wrapRefused(other));
      FutureTask<String> queued = new FutureTask<>(() -> wrapRefused(other));
      new Thread(running).start();
      begun.await();
      Thread second = new Thread(queued);
      second.start();
      while (second.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
      other.close();
      assertTrue(running.get().contains("closed"), running.get());
      assertTrue(queued.get().contains("closed"), queued.get());
    } finally {
      release.countDown();
    }
  }

  @Test
  void aBackendThatFailsToCloseLeavesNoneOpen() throws Exception {
    Path file = folder.resolve("two.properties");
    Files.writeString(file, "backend.a.type = fake\nbackend.b.type = fake\nkey.* = a\n");
    FakeBackend.Factory factory = new FakeBackend.Factory();
    KeyRouter other = new KeyRouter(Configuration.read(file, Map.of(), Map.of("fake", factory)));
    factory.made.get("a").failsToClose = true;
    other.close();
    assertTrue(factory.made.get("b").closed);
  }

  @Test
  void aVersionOfTheRoutedKeyIsTheOneThatIsUsed() throws Exception {
    Path file = folder.resolve("explicit.properties");
    Files.writeString(file, "backend.hsm.type = fake\nkey.web = hsm:tls\n");
    try (KeyRouter other =
        new KeyRouter(
            Configuration.read(file, Map.of(), Map.of("fake", new FakeBackend.Factory())))) {
      assertEquals("tls", other.policy("web", KeyUri.parse("fake:tls")).soleKey().key());
      assertEquals(
          "tls/cryptoKeyVersions/3",
          other.policy("web", KeyUri.parse("fake:tls/cryptoKeyVersions/3")).soleKey().key());
      assertEquals("tls", other.policy("web", KeyUri.parse("fake:other")).soleKey().key());
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
    if (Stream.of(options).noneMatch(option -> option.startsWith("deadline"))) {
      lines.add("backend.hsm.deadline = 60s");
    }
    Files.write(file, lines);
    FakeBackend.Factory factory = new FakeBackend.Factory();
    KeyRouter other = new KeyRouter(Configuration.read(file, Map.of(), Map.of("fake", factory)));
    backend = factory.made.get("hsm");
    backend.create(new KeyRequest("orders", KeySpec.AES_256, Set.of(Purpose.ENCRYPT)));
    backend.calls.set(0);
    backend.identifications.set(0);
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
                      BackendException.class,
                      () ->
                          router.pass(Access.NONE, KEY, new KeyCall.Wrap(CONTEXT, new byte[32]))));
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
        assertThrows(
            BackendException.class,
            () -> router.pass(Access.NONE, KEY, new KeyCall.Wrap(CONTEXT, new byte[32])));
    assertSame(Reason.UNAVAILABLE, e.reason());
  }

  @Test
  void keysFromOutsideAreRefusedUnlessTheConfigurationAllowsThem() {
    BackendException e =
        assertThrows(
            BackendException.class,
            () ->
                router
                    .administration(Access.NONE)
                    .importKey(KEY, KeySpec.AES_256, Set.of(Purpose.ENCRYPT), new byte[32]));
    assertSame(Reason.DENIED, e.reason());
    assertTrue(e.getMessage().contains("backend.hsm.import = allow"), e.getMessage());
  }
}
