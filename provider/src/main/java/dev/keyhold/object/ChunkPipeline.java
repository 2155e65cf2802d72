package dev.keyhold.object;

import dev.keyhold.platform.Daemons;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import javax.crypto.AEADBadTagException;

/**
 * Seals or opens the chunks of one message on several threads, and gives the results in the order
 * of the chunks. Memory is bounded by a ring of batches, two more than threads. A batch in which
 * any chunk does not open gives nothing. Used by one thread at a time, except for {@link #close}.
 */
public final class ChunkPipeline implements AutoCloseable {
  /** More threads than this are not used. */
  public static final int MAX_THREADS = 64;

  /** Chunks of a batch: long enough work that handing it over costs nothing beside it. */
  static final int CHUNKS = 16;

  private final Engine.Pool pool;
  private final boolean seals;
  private final LongConsumer counted;
  private final ThreadPoolExecutor workers;
  private final Batch[] ring;
  private final int unit;

  /** The batch that is filled; the one that was handed over first is so many before it. */
  private int current;

  private int pending;
  private Batch taken;
  private long chunk;
  private boolean ended;
  private volatile boolean closed;

  /**
   * Continues a message.
   *
   * @param keys of the message; not destroyed by this
   * @param chunk the number of the next chunk
   * @param counted is told how many bytes go in; null for nobody
   */
  ChunkPipeline(
      Engine.Pool pool,
      Cobblestone keys,
      boolean seals,
      long chunk,
      int threads,
      LongConsumer counted) {
    if (threads < 1) {
      throw new IllegalArgumentException(threads + " threads");
    }
    this.pool = pool;
    this.seals = seals;
    this.chunk = chunk;
    this.counted = counted;
    unit = seals ? Cobblestone.CHUNK : Cobblestone.SEALED_CHUNK;
    int count = Math.min(threads, MAX_THREADS);
    workers = Daemons.pool("keyhold-chunks", count, Duration.ofSeconds(1));
    ring = new Batch[count + 2];
    for (int i = 0; i < ring.length; i++) {
      ring[i] = new Batch(keys, pool.take());
    }
  }

  /** Puts in the beginning of the next chunk, which was counted already. */
  void begin(byte[] bytes, int length) {
    System.arraycopy(bytes, 0, ring[0].in, 0, length);
    ring[0].filled = length;
  }

  /** Some chunks, with an engine and room of their own. */
  private final class Batch implements Callable<Integer> {
    final Engine engine;
    final Cobblestone keys;
    final byte[] in = new byte[CHUNKS * unit];
    final byte[] out = new byte[CHUNKS * (Cobblestone.CHUNK + (seals ? Cobblestone.TAG : 0))];
    long first;
    int filled;
    boolean last;
    Future<Integer> result;

    Batch(Cobblestone keys, Engine engine) {
      this.engine = engine;
      this.keys = keys.with(engine);
    }

    @Override
    public Integer call() throws AEADBadTagException {
      int from = 0;
      int to = 0;
      long number = first;
      for (; filled - from >= unit; from += unit) {
        to += transform(number++, from, unit, to);
      }
      if (last) {
        to += transform(number, from, filled - from, to);
      }
      return to;
    }

    private int transform(long number, int from, int length, int to) throws AEADBadTagException {
      if (seals) {
        keys.seal(number, in, from, length, out, to);
        return length + Cobblestone.TAG;
      }
      if (number >= ChunkNonce.MAX_CHUNKS) {
        throw NotOpened.because("it has more than 2^38 chunks");
      }
      if (length < Cobblestone.TAG) {
        throw NotOpened.because("it ends before its last chunk does");
      }
      try {
        keys.open(number, in, from, length, out, to);
      } catch (AEADBadTagException e) {
        throw NotOpened.because("the tag of chunk " + number + " is wrong");
      }
      return length - Cobblestone.TAG;
    }

    void erase() {
      Arrays.fill(in, (byte) 0);
      Arrays.fill(out, (byte) 0);
    }
  }

  /** Returns whether a result must be taken before more can be put in. */
  public boolean isFull() {
    return pending == ring.length;
  }

  /** Returns whether there are results to take. */
  public boolean isPending() {
    return pending > 0;
  }

  /**
   * Takes as much as there is room for in a batch; returns how much that is.
   *
   * @throws IOException if this was closed; nothing of what was put in is left then
   */
  public int put(byte[] bytes, int offset, int length) throws IOException {
    Batch batch = ring[current];
    int part = Math.min(length, batch.in.length - batch.filled);
    System.arraycopy(bytes, offset, batch.in, batch.filled, part);
    added(batch, part);
    return part;
  }

  /**
   * Fills a batch from a stream; returns false if the stream has ended.
   *
   * @throws IOException if the stream fails, or if this was closed; nothing of what was read is
   *     left then
   */
  public boolean fill(InputStream in) throws IOException {
    if (ended) {
      return false;
    }
    Batch batch = ring[current];
    int length = in.readNBytes(batch.in, batch.filled, batch.in.length - batch.filled);
    boolean more = batch.filled + length == batch.in.length;
    added(batch, length);
    if (!more) {
      end();
    }
    return more;
  }

  private void added(Batch batch, int length) throws IOException {
    VarHandle.fullFence(); // either this sees a close, or the close sees this input
    if (closed) {
      Arrays.fill(batch.in, (byte) 0);
      throw new IOException("the stream is closed");
    }
    if (counted != null) {
      counted.accept(length);
    }
    batch.filled += length;
    if (batch.filled == batch.in.length) {
      handOver(batch);
    }
  }

  /** Hands over the last batch, which has the last chunk; there must be room for it. */
  public void end() throws IOException {
    if (!ended) {
      ended = true;
      ring[current].last = true;
      handOver(ring[current]);
    }
  }

  private void handOver(Batch batch) throws IOException {
    batch.first = chunk;
    try {
      batch.result = workers.submit(batch);
    } catch (RejectedExecutionException e) {
      throw new IOException("the stream is closed", e);
    }
    chunk += batch.filled / unit;
    pending++;
    current = (current + 1) % ring.length;
    if (!isFull()) {
      ring[current].filled = 0;
    }
  }

  /**
   * Waits for the next result, which stays in {@link #output} until more is put in.
   *
   * @return its length
   * @throws IOException if this was closed
   * @throws AEADBadTagException if a chunk of it does not open; then there are no further results
   * @throws InterruptedIOException if the thread is interrupted; the result can be waited for again
   */
  public int take() throws IOException, AEADBadTagException {
    Batch batch = ring[Math.floorMod(current - pending, ring.length)];
    try {
      if (Thread.interrupted()) {
        throw new InterruptedException(); // also where the result is there
      }
      int length = batch.result.get();
      if (closed) {
        throw new IOException("the stream is closed"); // and its result erased
      }
      taken = batch;
      pending--;
      if (batch == ring[current]) {
        batch.filled = 0;
      }
      return length;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted =
          new InterruptedIOException("interrupted while an object's chunks were worked on");
      interrupted.initCause(e);
      throw interrupted;
    } catch (CancellationException e) {
      throw new IOException("the stream is closed", e);
    } catch (ExecutionException e) {
      close();
      if (e.getCause() instanceof AEADBadTagException bad) {
        throw bad;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /** Returns the output that was taken last. */
  @SuppressWarnings("ReturnsMutableArray") // on purpose: no copy
  public byte[] output() {
    return taken.out;
  }

  /** Ends the work, waits for what is under way, and zeroes all memory. May be called again. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    for (Runnable waiting : workers.shutdownNow()) {
      if (waiting instanceof Future<?> task) {
        task.cancel(false);
      }
    }
    boolean interrupted = false;
    boolean done = false;
    while (!done) {
      try {
        done = workers.awaitTermination(1, TimeUnit.MINUTES); // a batch takes milliseconds
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    for (Batch batch : ring) {
      batch.erase();
      pool.giveBack(batch.engine);
    }
  }
}
