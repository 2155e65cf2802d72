package dev.keyhold.epoch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.envelope.Envelope;
import dev.keyhold.envelope.LiveHeap;
import dev.keyhold.gate.FakeBackend;
import dev.keyhold.keys.SeveralKeysFixture;
import dev.keyhold.observe.BreakerState;
import dev.keyhold.observe.CacheCounts;
import dev.keyhold.observe.ObservedUse;
import dev.keyhold.observe.Observer;
import dev.keyhold.observe.Observers;
import dev.keyhold.observe.Renewal;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Epoch keys that arrive while all are being forgotten, as by a reload or a checkpoint. */
@Timeout(120)
class ForgottenMeanwhileTest {
  private static final byte[] PLAIN = {1, 2, 3};
  private static final String[] EPOCH = {"key.* = one", "key.*.data-keys = epoch"};

  @TempDir Path folder;

  private SeveralKeysFixture fixture(Observer... observers) throws Exception {
    return new SeveralKeysFixture(folder, EpochLimits.DEFAULT, Observers.of(observers), EPOCH);
  }

  /** Does something whose first call to the backend is answered when all was forgotten. */
  private static byte[] forgetMeanwhile(
      FakeBackend backend, Envelope process, Callable<byte[]> work) throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch forgotten = new CountDownLatch(1);
    backend.fault =
        () -> {
          asked.countDown();
          try {
            forgotten.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        };
    FutureTask<byte[]> task = new FutureTask<>(work);
    new Thread(task).start();
    asked.await();
    process.forget();
    forgotten.countDown();
    return task.get();
  }

  private static boolean isZero(byte[] key) {
    return Arrays.equals(new byte[key.length], key);
  }

  /** Epoch keys as they pass a backend: the arrays themselves, and what to look for in memory. */
  private static final class Seen {
    private final List<byte[]> arrays = new CopyOnWriteArrayList<>();
    private final List<byte[]> complements = new CopyOnWriteArrayList<>();

    void add(byte[] epochKey) {
      complements.add(LiveHeap.complement(LiveHeap.inputKey(epochKey)));
      arrays.add(epochKey);
    }

    void assertNoneIsKept() {
      arrays.forEach(array -> assertTrue(isZero(array)));
    }

    /** What is derived of the last one alone is in memory. */
    void assertOnlyTheLastIsLeft(Path folder) throws Exception {
      assertNoneIsKept();
      int last = complements.size() - 1;
      assertEquals(0, LiveHeap.found(folder, complements.subList(0, last)));
      assertEquals(1, LiveHeap.found(folder, complements.subList(last, last + 1)));
    }
  }

  @Test
  void oneThatIsUnwrappedServesNobody() throws Exception {
    try (SeveralKeysFixture fixture = fixture();
        SeveralKeysFixture reader = fixture.elsewhere(folder, EPOCH)) {
      byte[] object = fixture.seal("orders", PLAIN);
      FakeBackend backend = reader.backend("one");
      Seen opened = new Seen();
      backend.unwrapped = opened::add;
      assertArrayEquals(
          PLAIN, forgetMeanwhile(backend, reader.envelope(), () -> reader.open("orders", object)));
      assertEquals(2, opened.arrays.size(), "the object is opened by what is unwrapped after that");
      opened.assertNoneIsKept();
      assertArrayEquals(PLAIN, reader.open("orders", object));
      assertEquals(2, opened.arrays.size(), "which serves further objects");
    }
  }

  /** Forgets all when it is told that objects wait for the backend, which is asked after that. */
  private static final class Forgetting implements Observer {
    private final AtomicInteger times = new AtomicInteger();
    private volatile Envelope envelope;

    @Override
    public Use begin(ObservedUse use) {
      return null;
    }

    @Override
    public void breakerChanged(String backend, BreakerState state) {}

    @Override
    public void renewed(Renewal renewal) {}

    @Override
    public void counting(CacheCounts counts) {
      if (counts.cache() == CacheCounts.Cache.READING) {
        times.incrementAndGet();
        envelope.forget();
      }
    }

    @Override
    public void close() {}
  }

  @Test
  void norDoesOneThatIsAboutToBeAskedFor() throws Exception {
    Forgetting forgetting = new Forgetting();
    try (SeveralKeysFixture fixture = fixture();
        SeveralKeysFixture reader = fixture(forgetting)) {
      forgetting.envelope = reader.envelope();
      reader.backend("one").shareKeysOf(fixture.backend("one"));
      Seen opened = new Seen();
      reader.backend("one").unwrapped = opened::add;
      assertArrayEquals(PLAIN, reader.open("orders", fixture.seal("orders", PLAIN)));
      assertEquals(1, forgetting.times.get());
      assertEquals(2, opened.arrays.size());
      opened.assertNoneIsKept();
    }
  }

  @Test
  void norDoesOneThatIsMade() throws Exception {
    try (SeveralKeysFixture fixture = fixture()) {
      Seen made = new Seen();
      fixture.backend("one").wrapping = made::add;
      byte[] object =
          forgetMeanwhile(
              fixture.backend("one"), fixture.envelope(), () -> fixture.seal("orders", PLAIN));
      assertArrayEquals(PLAIN, fixture.open("orders", object));
      assertEquals(2, made.arrays.size());
      made.assertOnlyTheLastIsLeft(folder);
    }
  }
}
