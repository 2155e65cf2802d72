package dev.keyhold.keystore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HedgedBatchTest {
  private final AtomicLong read = new AtomicLong();

  /** A system's generator that always returns the same, and counts what is read. */
  private final SystemRandom system =
      new SystemRandom(
          () ->
              new InputStream() {
                @Override
                public int read() {
                  read.incrementAndGet();
                  return 5;
                }

                @Override
                public int read(byte[] into, int offset, int length) {
                  Arrays.fill(into, offset, offset + length, (byte) 5);
                  read.addAndGet(length);
                  return length;
                }
              });

  private HedgedBatch batch(long time) {
    return new HedgedBatch(system, () -> time, () -> time);
  }

  private static String next(HedgedBatch batch, int length) {
    byte[] bytes = new byte[length];
    batch.fill(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  @Test
  void readsTheSystemOnceForManySalts() {
    HedgedBatch batch = batch(7);
    for (int i = 0; i < HedgedBatch.BATCH / 32; i++) {
      next(batch, 24);
    }
    assertEquals(HedgedBatch.BATCH, read.get());
    next(batch, 24);
    assertEquals(2 * HedgedBatch.BATCH, read.get());
  }

  @Test
  void nothingRepeatsWhereSystemAndClockDo() {
    Set<String> seen = ConcurrentHashMap.newKeySet();
    IntStream.range(0, 8)
        .parallel()
        .forEach(
            i -> {
              HedgedBatch batch = batch(7);
              for (int n = 0; n < 500; n++) {
                assertTrue(seen.add(next(batch, 24)));
              }
            });
    assertEquals(4000, seen.size());
  }

  @Test
  void theClockTellsCopiesOfAProcessApart() {
    AtomicLong clock = new AtomicLong(7);
    HedgedBatch batch = new HedgedBatch(system, () -> 1, clock::get);
    String one = next(batch, 24);
    assertFalse(one.equals(next(batch, 24)), "the counter");
    clock.incrementAndGet();
    assertFalse(one.equals(next(batch, 24)), "and the clock");
  }

  @Test
  void unhashedBytesAreTheSystemsAndServeOnce() {
    AtomicLong next = new AtomicLong();
    SystemRandom counting =
        new SystemRandom(
            () ->
                new InputStream() {
                  @Override
                  public int read() {
                    return (int) (next.getAndIncrement() % 251);
                  }

                  @Override
                  public int read(byte[] into, int offset, int length) {
                    for (int i = 0; i < length; i++) {
                      into[offset + i] = (byte) read();
                    }
                    return length;
                  }
                });
    AtomicLong clock = new AtomicLong(7);
    HedgedBatch batch = new HedgedBatch(counting, () -> 1, clock::get);
    byte[] one = new byte[12];
    byte[] two = new byte[12];
    batch.fillUnhashed(one);
    batch.fillUnhashed(two);
    assertEquals(0, one[0]);
    assertEquals(12, two[0], "the next ones");
    assertEquals(HedgedBatch.BATCH, next.get(), "one read");
    clock.addAndGet(20_000_000);
    batch.fillUnhashed(one);
    assertEquals(2 * HedgedBatch.BATCH, next.get(), "those that are old are dropped");
    for (int i = 0; i < HedgedBatch.BATCH / 12; i++) {
      batch.fillUnhashed(one);
    }
    assertEquals(3 * HedgedBatch.BATCH, next.get(), "the end of a batch is not used");
  }

  @Test
  void fillsAnyLength() {
    HedgedBatch batch = batch(7);
    for (int length : new int[] {0, 1, 31, 32, 33, 100, 5000}) {
      byte[] bytes = new byte[length];
      batch.fill(bytes);
      if (length > 31) {
        assertFalse(Arrays.equals(new byte[length], bytes));
        assertFalse(length >= 64 && Arrays.equals(bytes, 0, 32, bytes, 32, 64), "blocks differ");
      }
    }
  }

  private static final class Thing extends EnginePool.Pooled {
    private boolean cleared;

    @Override
    protected void clear() {
      cleared = true;
    }
  }

  @Test
  void aPoolGivesBackWhatItWasGivenUntilAllIsForgotten() {
    EnginePool<Thing> pool = new EnginePool<>(2, Thing::new);
    Thing one = pool.take();
    Thing two = pool.take();
    assertNotSame(one, two);
    pool.giveBack(one);
    assertTrue(one.cleared);
    assertSame(one, pool.take());
    pool.forget();
    pool.giveBack(one);
    assertNotSame(one, pool.take(), "it was in use when all was forgotten");
    pool.giveBack(two);
    assertNotSame(two, pool.take());
  }

  @Test
  void aPoolKeepsNoMoreThanItHasPlacesFor() {
    EnginePool<Thing> pool = new EnginePool<>(2, Thing::new);
    Thing[] taken = {pool.take(), pool.take(), pool.take()};
    for (Thing thing : taken) {
      pool.giveBack(thing);
    }
    Set<Thing> again = ConcurrentHashMap.newKeySet();
    for (int i = 0; i < 3; i++) {
      again.add(pool.take());
    }
    assertEquals(3, again.size(), "nobody has an engine twice");
    again.retainAll(Set.of(taken));
    assertEquals(2, again.size());
  }
}
