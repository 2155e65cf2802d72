package dev.keyhold.keystore;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * A pool of engines, which are expensive to create and are used by one operation at a time. Each
 * thread looks in its own place first, so that threads rarely contend; the places are in different
 * cache lines. An engine for which there is no place is discarded. Lock-free and thread-safe; not
 * bound to threads, so that virtual threads benefit from it too.
 *
 * @param <T> the engine
 */
public final class EnginePool<T extends EnginePool.Pooled> {
  /** References from one place to the next: 128 bytes, two cache lines. */
  private static final int STRIDE = 32;

  /** An engine that a pool keeps. */
  public abstract static class Pooled {
    private int generation;

    /** Creates an engine that is in no pool. */
    protected Pooled() {}

    /** Zeroes what the operation left behind. */
    protected abstract void clear();
  }

  private final Supplier<T> maker;
  private final int mask;
  private final AtomicReferenceArray<T> places;

  /** Counts how often all were discarded. */
  private final AtomicInteger generation = new AtomicInteger();

  /**
   * Creates an empty pool.
   *
   * @param size for how many engines at least; rounded up to a power of two
   */
  public EnginePool(int size, Supplier<T> maker) {
    this.maker = maker;
    int power = Integer.highestOneBit(Math.max(1, 2 * size - 1));
    mask = power - 1;
    places = new AtomicReferenceArray<>(power * STRIDE);
  }

  /** Returns the number of places that suits this machine's processors. */
  public static int suitableSize() {
    return Math.max(16, 4 * Runtime.getRuntime().availableProcessors());
  }

  private static int ownPlace() {
    return (int) Thread.currentThread().getId();
  }

  /** Takes an engine, or makes one. */
  public T take() {
    int now = generation.get();
    int own = ownPlace();
    for (int i = 0; i <= mask; i++) {
      int place = ((own + i) & mask) * STRIDE;
      if (places.getPlain(place) != null) {
        T engine = places.getAndSet(place, null);
        if (engine != null && ((Pooled) engine).generation == now) {
          return engine;
        }
      }
    }
    T made = maker.get();
    ((Pooled) made).generation = now;
    return made;
  }

  /** Gives an engine back, cleared. */
  public void giveBack(T engine) {
    engine.clear();
    int own = ownPlace();
    for (int i = 0; i <= mask && ((Pooled) engine).generation == generation.get(); i++) {
      int place = ((own + i) & mask) * STRIDE;
      if (places.getPlain(place) == null && places.compareAndSet(place, null, engine)) {
        return;
      }
    }
  }

  /** Discards all engines; those in use are discarded when they are given back. */
  public void forget() {
    generation.incrementAndGet();
    for (int place = 0; place < places.length(); place += STRIDE) {
      places.set(place, null);
    }
  }
}
