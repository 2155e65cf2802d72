package dev.keyhold.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.config.Configuration;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.observe.Observers;
import dev.keyhold.policy.KeyRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Backends that leave by a reload, fail, or hang. */
@Timeout(120)
class BackendsTest {
  private static final String ONE = "backend.one.type = fake";
  private static final String TWO = "backend.two.type = fake";

  @TempDir Path folder;
  private final FakeBackend.Factory factory = new FakeBackend.Factory();

  private Configuration configuration(String... lines) throws Exception {
    Path file = Files.createTempFile(folder, "keyhold", ".properties");
    Files.write(file, List.of(lines));
    return Configuration.read(file, Map.of(), Map.of("fake", factory));
  }

  @Test
  void oneThatLeftServesOnForItsDeadlineAndAMinute() throws Exception {
    BlockingQueue<Duration> pauses = new LinkedBlockingQueue<>();
    CountDownLatch end = new CountDownLatch(1);
    Configuration first =
        configuration(ONE, "backend.one.deadline = 30s", TWO, "backend.two.deadline = 20s");
    try (Backends backends =
        new Backends(
            first,
            Observers.of(),
            time -> {
              pauses.add(time);
              end.await();
            })) {
      BackendCalls one = backends.get("one");
      FakeBackend fakeOne = factory.made.get("one");
      FakeBackend fakeTwo = factory.made.get("two");
      backends.become(configuration("backend.three.type = fake"));
      assertEquals(Duration.ofSeconds(90), pauses.take(), "the longest of those that left");
      assertFalse(fakeOne.closed || fakeTwo.closed, "what was begun with them may end");
      assertSame(one, backends.get("one"), "under the name that it had");
      end.countDown();
      while (!fakeOne.closed || !fakeTwo.closed) {
        assertFalse(Thread.currentThread().isInterrupted(), "it takes too long");
        Thread.onSpinWait();
      }
      assertFalse(factory.made.get("three").closed);
    }
    assertTrue(factory.made.get("three").closed);
  }

  @Test
  void oneThatIsLeavingIsClosedWithAllOthers() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    Backends backends =
        new Backends(
            configuration(ONE),
            Observers.of(),
            time -> {
              try {
                new CountDownLatch(1).await();
              } finally {
                interrupted.countDown();
              }
            });
    FakeBackend one = factory.made.get("one");
    backends.become(configuration(TWO));
    assertFalse(one.closed);
    backends.close();
    assertTrue(one.closed);
    interrupted.await(); // the thread that waited ends too
  }

  /** A thread that hangs in native code does not end; what comes after it is given up in time. */
  @Test
  void callsThatWereGivenUpWaitInNoQueue() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    try (Backends backends =
        new Backends(
            configuration(
                ONE,
                "backend.one.remote = yes",
                "backend.one.threads = 1",
                "backend.one.deadline = 50ms",
                "backend.one.breaker-failures = 1000"),
            Observers.of())) {
      FakeBackend one = factory.made.get("one");
      BackendCalls calls = backends.get("one");
      CountDownLatch hangs = new CountDownLatch(1);
      one.fault =
          () -> {
            hangs.countDown();
            while (release.getCount() > 0) { // deaf to interrupts
              LockSupport.parkNanos(1_000_000);
            }
          };
      while (hangs.getCount() > 0) { // a call that got no thread in its time began nothing
        assertNoAnswer(calls);
      }
      for (int i = 0; i < 5; i++) {
        assertNoAnswer(calls);
      }
      assertEquals(0, calls.queued());
    } finally {
      release.countDown();
    }
  }

  private static void assertNoAnswer(BackendCalls calls) {
    BackendException e = assertThrows(BackendException.class, () -> use(calls));
    assertSame(Reason.UNAVAILABLE, e.reason());
    assertTrue(e.getMessage().contains("no answer within 50 ms"), e.getMessage());
  }

  private static void use(BackendCalls calls) throws BackendException {
    Observers.of()
        .use(null, watch -> calls.use(watch).repeatable(backend -> backend.describe("orders")));
  }

  @Test
  void theHealthyAndThenTheNearComeFirst() throws Exception {
    List<String> lines = new ArrayList<>(List.of(ONE, TWO, "backend.three.type = fake"));
    for (String backend : List.of("one", "two", "three")) {
      lines.add("backend." + backend + ".remote = yes");
      lines.add("backend." + backend + ".breaker-failures = 1");
      lines.add("backend." + backend + ".breaker-pause = 1000s");
    }
    lines.add("backend.one.distance = 5");
    lines.add("backend.three.distance = 5");
    List<KeyRef> keys =
        List.of(new KeyRef("one", "k"), new KeyRef("two", "k"), new KeyRef("three", "k"));
    try (Backends backends =
        new Backends(configuration(lines.toArray(String[]::new)), Observers.of())) {
      BackendFacts facts = new BackendFacts(backends);
      assertEquals(List.of(1, 0, 2), facts.healthyAndNearFirst(keys));
      fail(backends, "two");
      assertEquals(List.of(0, 2, 1), facts.healthyAndNearFirst(keys), "the nearest is ill");
      fail(backends, "one");
      assertEquals(List.of(2, 1, 0), facts.healthyAndNearFirst(keys));
      fail(backends, "three");
      assertEquals(List.of(1, 0, 2), facts.healthyAndNearFirst(keys), "all are");
    }
  }

  private void fail(Backends backends, String name) {
    factory.made.get(name).fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "down");
    assertThrows(BackendException.class, () -> use(backends.get(name)));
  }
}
