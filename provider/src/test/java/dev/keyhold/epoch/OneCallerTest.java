package dev.keyhold.epoch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.gate.FakeBackend;
import dev.keyhold.keys.SeveralKeysFixture;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one thread meets while others wait for what it asks for. */
class OneCallerTest {
  private static final int OTHERS = 20;
  private static final byte[] PLAIN = new byte[100];

  @TempDir Path folder;
  private final AtomicLong now = new AtomicLong();
  private final EpochLimits limits = new EpochLimits(16, now::get, () -> 0);

  private static String[] lines(String... more) {
    List<String> lines = new ArrayList<>(List.of("key.orders = one"));
    lines.add("key.orders.data-keys = epoch");
    lines.addAll(List.of(more));
    return lines.toArray(String[]::new);
  }

  /** The first thread is in the call; it is interrupted when all others wait for it. */
  private static void interruptTheFirst(FakeBackend backend, Callable<byte[]> use, boolean atOnce)
      throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    backend.fault =
        () -> {
          backend.fault = () -> {};
          entered.countDown();
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackendException(Reason.UNAVAILABLE, "the calling thread was interrupted", e);
          }
        };
    FutureTask<byte[]> first = new FutureTask<>(use);
    Thread firstThread = new Thread(first);
    firstThread.start();
    entered.await();
    List<FutureTask<byte[]>> others = new ArrayList<>();
    for (int i = 0; i < OTHERS; i++) {
      FutureTask<byte[]> task = new FutureTask<>(use);
      Thread thread = new Thread(task);
      thread.start();
      others.add(task);
      while (!atOnce && thread.getState() != Thread.State.WAITING && thread.isAlive()) {
        Thread.onSpinWait();
      }
    }
    firstThread.interrupt();
    assertThrows(Exception.class, first::get, "it was interrupted itself");
    for (FutureTask<byte[]> other : others) {
      assertTrue(other.get().length > 0, "nobody else was");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "backend.one.remote = true"})
  void anInterruptOfOneWriterFailsNoOther(String remote) throws Exception {
    try (SeveralKeysFixture fixture = new SeveralKeysFixture(folder, limits, lines(remote))) {
      interruptTheFirst(fixture.backend("one"), () -> fixture.seal("orders", PLAIN), false);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "backend.one.remote = true"})
  void anInterruptOfOneReaderFailsNoOther(String remote) throws Exception {
    try (SeveralKeysFixture fixture = new SeveralKeysFixture(folder, limits, lines(remote))) {
      byte[] object = fixture.seal("orders", PLAIN);
      interruptTheFirst(fixture.backend("one"), () -> fixture.open("orders", object), false);
    }
  }

  /** What served in an outage serves on: an interrupt is no outage, and takes nothing away. */
  @Test
  void anInterruptDuringARenewalKeepsWhatMayServeInAnOutage() throws Exception {
    try (SeveralKeysFixture fixture =
        new SeveralKeysFixture(
            folder, limits, lines("key.orders.max-age = 60s", "key.orders.max-stale = 1h"))) {
      byte[] object = fixture.seal("orders", PLAIN);
      assertArrayEquals(PLAIN, fixture.open("orders", object));
      now.addAndGet(Duration.ofMinutes(2).toNanos());
      FakeBackend backend = fixture.backend("one");
      backend.fault =
          () -> {
            throw new BackendException(
                Reason.UNAVAILABLE, "interrupted", new InterruptedException());
          };
      assertThrows(Exception.class, () -> fixture.seal("orders", PLAIN));
      assertThrows(Exception.class, () -> fixture.open("orders", object));
      backend.fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "gone");
      fixture.seal("orders", PLAIN);
      assertArrayEquals(PLAIN, fixture.open("orders", object));
      backend.fault = () -> {};
      assertArrayEquals(PLAIN, fixture.open("orders", fixture.seal("orders", PLAIN)));
    }
  }

  @Test
  void whatConcernsOneThread() {
    assertTrue(OneCaller.concerns(new InterruptedException()));
    assertTrue(OneCaller.concerns(new ClosedByInterruptException()));
    assertTrue(OneCaller.concerns(new RuntimeException(new InterruptedIOException())));
    assertTrue(OneCaller.concerns(new IllegalStateException(new StackOverflowError())));
    assertFalse(OneCaller.concerns(new SocketTimeoutException()));
    assertFalse(OneCaller.concerns(new BackendException(Reason.UNAVAILABLE, "gone")));
  }
}
