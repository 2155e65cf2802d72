package dev.keyhold.keys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.epoch.EpochLimits;
import dev.keyhold.gate.FakeBackend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A key of an any-of that gives no answer holds nobody up, and is asked once for an object. */
@Timeout(120)
class HangingKeyTest {
  private static final byte[] PLAIN = new byte[1000];

  @TempDir Path folder;
  private final CountDownLatch release = new CountDownLatch(1);

  @AfterEach
  void release() {
    release.countDown();
  }

  private SeveralKeysFixture reader(SeveralKeysFixture writer, String expression, String... more)
      throws Exception {
    String lines =
        String.join(
            "\n",
            "backend.one.remote = yes",
            "backend.two.remote = yes",
            "backend.one.deadline = 1000s", // nobody waits for its end
            "backend.two.deadline = 1000s",
            "key.orders = " + expression,
            String.join("\n", more));
    return writer.elsewhere(folder, lines);
  }

  private void hang(SeveralKeysFixture fixture, String backend) {
    fixture.backend(backend).fault =
        () -> {
          try {
            release.await();
          } catch (InterruptedException e) {
            throw new BackendException(Reason.UNAVAILABLE, "interrupted", e);
          }
        };
  }

  @ParameterizedTest
  @ValueSource(strings = {"per-object", "epoch"})
  void theOtherOpensIt(String dataKeys) throws Exception {
    String mode = "key.orders.data-keys = " + dataKeys;
    try (SeveralKeysFixture writer =
            new SeveralKeysFixture(
                folder, EpochLimits.DEFAULT, "key.orders = any-of(one, two)", mode);
        SeveralKeysFixture reader = reader(writer, "any-of(one, two)", mode)) {
      byte[] object = writer.seal("orders", PLAIN);
      hang(reader, "one");
      assertArrayEquals(PLAIN, reader.open("orders", object));
      assertEquals(1, reader.backend("one").calls.get());
      assertEquals(1, reader.backend("two").calls.get());
    }
  }

  @Test
  void oneThatIsLateIsStillHeard() throws Exception {
    try (SeveralKeysFixture writer =
            new SeveralKeysFixture(folder, EpochLimits.DEFAULT, "key.orders = any-of(one, two)");
        SeveralKeysFixture reader = reader(writer, "any-of(one, two)")) {
      byte[] object = writer.seal("orders", PLAIN);
      CountDownLatch second = new CountDownLatch(1);
      reader.backend("one").fault =
          () -> {
            try {
              second.await();
            } catch (InterruptedException e) {
              throw new BackendException(Reason.UNAVAILABLE, "interrupted", e);
            }
          };
      reader.backend("two").fault =
          () -> {
            second.countDown();
            throw new BackendException(Reason.UNAVAILABLE, "down");
          };
      assertArrayEquals(PLAIN, reader.open("orders", object));
      assertEquals(1, reader.backend("one").calls.get());
      assertEquals(1, reader.backend("two").calls.get());
    }
  }

  @Test
  void oneThatAnswersInTimeIsAskedAlone() throws Exception {
    try (SeveralKeysFixture writer =
            new SeveralKeysFixture(folder, EpochLimits.DEFAULT, "key.orders = any-of(one, two)");
        SeveralKeysFixture reader = reader(writer, "any-of(one, two)")) {
      byte[] object = writer.seal("orders", PLAIN);
      long begun = System.nanoTime();
      reader.open("orders", object);
      if (System.nanoTime() - begun < TimeUnit.MILLISECONDS.toNanos(900)) {
        assertEquals(0, reader.backend("two").calls.get());
      }
    }
  }

  @Test
  void whereFewerKeysSufficeNoneThatHangsStopsTheWriting() throws Exception {
    try (SeveralKeysFixture writer =
            new SeveralKeysFixture(folder, EpochLimits.DEFAULT, "key.orders = any-of(one, two)");
        SeveralKeysFixture hanging =
            reader(writer, "any-of(one, two)", "key.orders.write-quorum = 1")) {
      hang(hanging, "one");
      byte[] object = hanging.seal("orders", PLAIN);
      assertEquals(1, hanging.backend("one").calls.get());
      assertArrayEquals(PLAIN, hanging.open("orders", object));
    }
  }

  @Test
  void anAllOfAsksOneAfterTheOther() throws Exception {
    try (SeveralKeysFixture writer =
            new SeveralKeysFixture(folder, EpochLimits.DEFAULT, "key.orders = all-of(one, two)");
        SeveralKeysFixture reader = reader(writer, "all-of(one, two)")) {
      byte[] object = writer.seal("orders", PLAIN);
      hang(reader, "one");
      FutureTask<byte[]> opened = new FutureTask<>(() -> reader.open("orders", object));
      new Thread(opened).start();
      Thread.sleep(1500);
      assertEquals(0, reader.backend("two").calls.get());
      release.countDown();
      assertArrayEquals(PLAIN, opened.get());
    }
  }

  @Test
  void anInterruptEndsTheWaitForAllOfThem() throws Exception {
    try (SeveralKeysFixture writer =
            new SeveralKeysFixture(folder, EpochLimits.DEFAULT, "key.orders = any-of(one, two)");
        SeveralKeysFixture reader = reader(writer, "any-of(one, two)")) {
      byte[] object = writer.seal("orders", PLAIN);
      hang(reader, "one");
      hang(reader, "two");
      FutureTask<Boolean> flag =
          new FutureTask<>(
              () -> {
                assertThrows(BackendException.class, () -> reader.open("orders", object));
                return Thread.currentThread().isInterrupted();
              });
      Thread caller = new Thread(flag);
      caller.start();
      while (reader.backend("two").calls.get() == 0) {
        Thread.sleep(5);
      }
      caller.interrupt();
      assertTrue(flag.get());
    }
  }

  @Test
  void oneThatFailedTooOftenIsTestedBesideTheOther() throws Exception {
    try (SeveralKeysFixture writer =
            new SeveralKeysFixture(folder, EpochLimits.DEFAULT, "key.orders = any-of(one, two)");
        SeveralKeysFixture reader =
            reader(
                writer,
                "any-of(one, two)",
                "backend.one.breaker-failures = 1",
                "backend.one.breaker-pause = 10ms")) {
      byte[] object = writer.seal("orders", PLAIN);
      reader.backend("one").fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "down");
      reader.open("orders", object);
      hang(reader, "one");
      int before = reader.backend("one").calls.get();
      for (int i = 0; i < 1000 && reader.backend("one").calls.get() == before; i++) {
        assertArrayEquals(PLAIN, reader.open("orders", object));
        Thread.sleep(2);
      }
      assertFalse(reader.backend("one").calls.get() == before, "it was never tested");
      release.countDown();
    }
  }
}
