package dev.keyhold.epoch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.gate.FakeBackend;
import dev.keyhold.keys.SeveralKeysFixture;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.observe.CacheCounts;
import dev.keyhold.observe.CacheCounts.Cache;
import dev.keyhold.observe.CacheCounts.Result;
import dev.keyhold.observe.Observers;
import dev.keyhold.observe.Seen;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an observer is told of epoch keys. */
class ObservedEpochsTest {
  private static final String[] EPOCH = {
    "key.orders = one",
    "key.orders.data-keys = epoch",
    "key.orders.max-age = 60s",
    "key.orders.max-stale = 1h"
  };
  private static final byte[] PLAIN = new byte[100];

  @TempDir Path folder;
  private final AtomicLong now = new AtomicLong();
  private final EpochLimits limits = new EpochLimits(16, now::get, () -> now.get() / 1_000_000);

  @Test
  void renewalsAreTold() throws Exception {
    Seen seen = new Seen();
    try (SeveralKeysFixture fixture =
        new SeveralKeysFixture(folder, limits, Observers.of(seen), EPOCH)) {
      fixture.seal("orders", PLAIN);
      assertEquals(List.of("renewal of orders: first, ok"), renewals(seen));
      pass(59);
      fixture.seal("orders", PLAIN); // has it renewed by another thread
      List<String> told = renewals(seen);
      while (told.isEmpty()) {
        Thread.onSpinWait();
        told = renewals(seen);
      }
      assertEquals(List.of("renewal of orders: ahead, ok"), told);
      pass(120);
      fixture.seal("orders", PLAIN);
      assertEquals(List.of("renewal of orders: end, ok"), renewals(seen));
      fixture.backend("one").fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "down");
      pass(60);
      fixture.seal("orders", PLAIN);
      assertEquals(List.of("renewal of orders: end, unavailable"), renewals(seen));
    }
  }

  private static List<String> renewals(Seen seen) {
    return seen.take().stream().filter(line -> line.startsWith("renewal")).toList();
  }

  @Test
  void objectsAreCounted() throws Exception {
    Seen seen = new Seen();
    try (SeveralKeysFixture fixture =
        new SeveralKeysFixture(folder, limits, Observers.of(seen), EPOCH)) {
      assertTrue(seen.counts.isEmpty());
      byte[] object = null;
      for (int i = 0; i < 10; i++) {
        object = fixture.seal("orders", PLAIN);
      }
      for (int i = 0; i < 5; i++) {
        fixture.open("orders", object);
      }
      assertCounts(seen, Cache.WRITING, 9, 1, 0, 0);
      assertCounts(seen, Cache.READING, 4, 1, 0, 0);
      fixture.backend("one").fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "down");
      pass(60);
      for (int i = 0; i < 3; i++) {
        fixture.seal("orders", PLAIN);
        fixture.open("orders", object);
      }
      assertCounts(seen, Cache.WRITING, 9, 1, 3, 0);
      assertCounts(seen, Cache.READING, 4, 2, 2, 0); // the first asks
      fixture.backend("one").fault = FakeBackend.Fault.failing(Reason.DENIED, "no");
      pass(1);
      for (int i = 0; i < 3; i++) {
        byte[] denied = object;
        assertThrows(BackendException.class, () -> fixture.open("orders", denied));
      }
      assertCounts(seen, Cache.READING, 4, 3, 2, 2);
    }
  }

  private static void assertCounts(Seen seen, Cache cache, long... expected) {
    CacheCounts counts =
        seen.counts.stream().filter(c -> c.cache() == cache).findFirst().orElseThrow();
    List<Long> actual = Stream.of(Result.values()).map(counts::sum).toList();
    assertEquals(LongStream.of(expected).boxed().toList(), actual);
  }

  private void pass(long seconds) {
    now.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }
}
