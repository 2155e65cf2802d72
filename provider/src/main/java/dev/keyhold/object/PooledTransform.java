package dev.keyhold.object;

import dev.keyhold.keystore.BackendException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import javax.crypto.AEADBadTagException;

/**
 * The common base of both directions: the use of a pooled engine. An engine goes back to the pool
 * only on the thread that uses it, when its work is done. If another thread destroys the transform,
 * for example by closing a stream that is being read, or if two threads use it, only this object is
 * affected: its engine is discarded, and never given to another object while it is still in use.
 */
abstract class PooledTransform implements ObjectTransform {
  private enum State {
    IDLE,
    BUSY,
    /** Destroyed while it was busy: the working thread ends it. */
    BUSY_DESTROYED,
    /** Its chunks are numbered by a pipeline from here on. */
    PARALLEL,
    ENDED
  }

  private final Engine.Pool pool;
  private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
  private Engine engine;

  PooledTransform(Engine.Pool pool) {
    this.pool = pool;
  }

  /** Returns the engine, which is borrowed at the first call. */
  final Engine engine() {
    if (engine == null) {
      engine = pool.take();
    }
    return engine;
  }

  /** Does what {@link ObjectTransform#process} does, by one thread at a time. */
  abstract int transform(byte[] in, int offset, int length, boolean last, byte[] out, int to)
      throws AEADBadTagException, BackendException;

  /** Zeroes all key material. */
  abstract void erase();

  @Override
  public final int process(
      byte[] in, int offset, int length, boolean last, byte[] out, int outOffset)
      throws AEADBadTagException, BackendException {
    if (!state.compareAndSet(State.IDLE, State.BUSY)) {
      throw new IllegalStateException("this object has ended, or other threads are at work on it");
    }
    boolean done = false;
    boolean failed = true; // in a way after which nothing can continue
    try {
      int written = transform(in, offset, length, last, out, outOffset);
      done = true;
      failed = false;
      return written;
    } catch (AEADBadTagException | BackendException e) {
      failed = false;
      throw e;
    } finally {
      if (last || failed || !state.compareAndSet(State.BUSY, State.IDLE)) {
        state.set(State.ENDED);
        if (done) {
          release();
        } else {
          drop();
        }
      }
    }
  }

  /**
   * Continues an object on several threads. From then on {@link #process} and this method are
   * refused: they would use the numbers of chunks, and so the nonces, once more.
   *
   * @param keys null where they are not there yet
   * @param chunk the number of the next chunk
   * @param buffered how much of it is in the engine's buffer
   */
  final ChunkPipeline goOn(
      Cobblestone keys,
      boolean seals,
      long chunk,
      int threads,
      int buffered,
      LongConsumer counted) {
    if (keys == null || !state.compareAndSet(State.IDLE, State.BUSY)) {
      throw new IllegalStateException(
          "this object has no keys yet, has ended, or other threads are at work on it");
    }
    ChunkPipeline pipeline = null;
    boolean begun = false;
    try {
      pipeline = new ChunkPipeline(pool, keys, seals, chunk, threads, counted);
      if (buffered > 0) {
        pipeline.begin(engine().buffer(buffered), buffered);
      }
      begun = state.compareAndSet(State.BUSY, State.PARALLEL);
    } finally {
      if (!begun) {
        state.set(State.ENDED);
        if (pipeline != null) {
          pipeline.close();
        }
        drop();
      }
    }
    if (!begun) {
      throw new IllegalStateException("this object was ended by another thread");
    }
    return pipeline;
  }

  /** Ends the use of keys and engine; for the thread that is at work. */
  final void release() {
    erase();
    if (engine != null) {
      pool.giveBack(engine);
      engine = null;
    }
  }

  private void drop() {
    erase();
    if (engine != null) {
      engine.clear();
      engine = null;
    }
  }

  @Override
  public final void destroy() {
    if (state.compareAndSet(State.IDLE, State.ENDED)
        || state.compareAndSet(State.PARALLEL, State.ENDED)) {
      drop();
    } else {
      state.compareAndSet(State.BUSY, State.BUSY_DESTROYED);
    }
  }
}
