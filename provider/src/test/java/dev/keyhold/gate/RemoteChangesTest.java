package dev.keyhold.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.config.Configuration;
import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.AfterChange;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.ConfigurationException;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.policy.KeyRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Changes at a remote backend: made once, under a deadline of their own; and its preparation. */
@Timeout(120)
class RemoteChangesTest {
  private static final KeyRef KEY = new KeyRef("hsm", "orders");

  @TempDir Path folder;
  private FakeBackend backend;

  private KeyRouter routed(String... options) throws Exception {
    List<String> lines = new ArrayList<>(List.of("backend.hsm.type = fake", "key.* = hsm"));
    lines.add("backend.hsm.remote = yes");
    for (String option : options) {
      lines.add("backend.hsm." + option);
    }
    Path file = Files.write(folder.resolve("keyhold.properties"), lines);
    FakeBackend.Factory factory = new FakeBackend.Factory();
    KeyRouter router = new KeyRouter(Configuration.read(file, Map.of(), Map.of("fake", factory)));
    backend = factory.made.get("hsm");
    return router;
  }

  private static void create(KeyRouter router) throws BackendException {
    router.administration(Access.NONE).create(KEY, KeySpec.AES_256, Set.of(Purpose.ENCRYPT));
  }

  @Test
  void aKeyThatTakesLongerThanAUseMayIsMade() throws Exception {
    try (KeyRouter router = routed("deadline = 50ms", "change-deadline = 100s")) {
      backend.fault = () -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
      create(router);
      assertEquals(1, backend.calls.get());
    }
  }

  @Test
  void ofAChangeWithoutAnAnswerTheOutcomeIsUnknown() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    try (KeyRouter router = routed("deadline = 50ms", "change-deadline = 1s")) {
      CountDownLatch begun = new CountDownLatch(1);
      backend.fault =
          () -> {
            begun.countDown();
            while (release.getCount() > 0) { // as native code, deaf to interrupts
              LockSupport.parkNanos(1_000_000);
            }
          };
      BackendException e = assertThrows(BackendException.class, () -> create(router));
      assertSame(Reason.UNAVAILABLE, e.reason());
      assertTrue(e.getMessage().contains("no answer within 1000 ms"), e.getMessage());
      if (begun.getCount() == 0) { // else no thread came to it in time
        assertTrue(e.isOutcomeUnknown(), e.getMessage());
        assertTrue(e.getMessage().contains("whether the change was made is unknown"));
      }
      release.countDown();
    }
  }

  @Test
  void soItIsOfAChangeThatFailedOrWasInterruptedOnItsWay() throws Exception {
    try (KeyRouter router = routed()) {
      backend.fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "connection reset");
      BackendException e = assertThrows(BackendException.class, () -> create(router));
      assertTrue(e.isOutcomeUnknown(), e.getMessage());
      assertTrue(e.getMessage().contains("it could not be looked for"), e.getMessage());
      assertEquals(1, backend.creations.get());

      CountDownLatch begun = new CountDownLatch(1);
      backend.fault =
          () -> {
            begun.countDown();
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException i) {
              throw new BackendException(Reason.UNAVAILABLE, "interrupted", i);
            }
          };
      FutureTask<BackendException> interrupted =
          new FutureTask<>(() -> assertThrows(BackendException.class, () -> create(router)));
      Thread caller = new Thread(interrupted);
      caller.start();
      begun.await();
      caller.interrupt();
      assertTrue(interrupted.get().isOutcomeUnknown());
      assertEquals(2, backend.creations.get());
    }
  }

  @Test
  void whatWasNeverAskedOrRefusedOrStandsIsNotUnknown() throws Exception {
    try (KeyRouter router = routed("breaker-failures = 1", "breaker-pause = 1000s")) {
      Thread.currentThread().interrupt();
      assertFalse(assertThrows(BackendException.class, () -> create(router)).isOutcomeUnknown());
      assertTrue(Thread.interrupted());
      assertEquals(0, backend.calls.get(), "an interrupted thread began a change");

      backend.fault = FakeBackend.Fault.failing(Reason.DENIED, "no");
      assertFalse(assertThrows(BackendException.class, () -> create(router)).isOutcomeUnknown());

      backend.fault =
          () ->
              AfterChange.read(
                  () -> {
                    throw new BackendException(Reason.UNAVAILABLE, "busy");
                  });
      BackendException stands = assertThrows(BackendException.class, () -> create(router));
      assertFalse(stands.isOutcomeUnknown());
      assertTrue(stands.getMessage().contains("stands"), stands.getMessage());

      BackendException left = assertThrows(BackendException.class, () -> create(router));
      assertTrue(left.getMessage().contains("in a row"), left.getMessage());
      assertFalse(left.isOutcomeUnknown());
      assertEquals(2, backend.calls.get());
    }
  }

  @Test
  void theFirstUseWaitsForItsClientOutsideOfItsDeadline() throws Exception {
    try (KeyRouter router = routed("deadline = 200ms")) {
      backend.preparation = () -> LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
      create(router);
      create2(router);
      assertEquals(1, backend.preparations.get());
    }
  }

  private static void create2(KeyRouter router) throws BackendException {
    router
        .administration(Access.NONE)
        .create(new KeyRef("hsm", "other"), KeySpec.AES_256, Set.of(Purpose.ENCRYPT));
  }

  @Test
  void anInterruptOfOneThatWaitsForTheClientIsItsOwn() throws Exception {
    try (KeyRouter router = routed()) {
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch release = new CountDownLatch(1);
      backend.preparation =
          () -> {
            begun.countDown();
            try {
              release.await();
            } catch (InterruptedException e) {
              throw new BackendException(Reason.UNAVAILABLE, "interrupted", e);
            }
          };
      FutureTask<BackendException> first =
          new FutureTask<>(
              () -> assertThrows(BackendException.class, () -> router.list(Access.NONE, "hsm")));
      Thread firstCaller = new Thread(first);
      firstCaller.start();
      begun.await();
      FutureTask<Integer> second = new FutureTask<>(() -> router.list(Access.NONE, "hsm").size());
      new Thread(second).start();
      firstCaller.interrupt();
      assertTrue(first.get().getMessage().contains("interrupted"), first.get().getMessage());
      release.countDown();
      assertEquals(0, second.get());
      assertEquals(1, backend.preparations.get());
    }
  }

  @Test
  void aPreparationThatFailedIsMadeAgain() throws Exception {
    try (KeyRouter router = routed()) {
      backend.preparation = FakeBackend.Fault.failing(Reason.MISCONFIGURED, "no region");
      for (int i = 1; i <= 2; i++) {
        BackendException e =
            assertThrows(BackendException.class, () -> router.list(Access.NONE, "hsm"));
        assertSame(Reason.MISCONFIGURED, e.reason());
        assertEquals(i, backend.preparations.get());
      }
      backend.preparation = () -> {};
      router.list(Access.NONE, "hsm");
      assertEquals(1, backend.calls.get());
    }
  }

  @Test
  void itIsMadeAheadIfAskedFor() throws Exception {
    try (KeyRouter router = routed("warm-up = true")) {
      while (backend.preparations.get() == 0) {
        Thread.sleep(5);
      }
      assertEquals(0, backend.calls.get());
      router.list(Access.NONE, "hsm");
      assertEquals(1, backend.preparations.get());
    }
    try (KeyRouter router = routed("warm-up = false")) {
      router.facts();
      assertEquals(0, backend.preparations.get());
    }
    assertThrows(ConfigurationException.class, () -> routed("warm-up = maybe"));
  }
}
