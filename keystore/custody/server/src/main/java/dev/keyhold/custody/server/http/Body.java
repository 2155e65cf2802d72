package dev.keyhold.custody.server.http;

import dev.keyhold.custody.server.gate.GateException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.thread.Scheduler;

/** Reads the body of a request; no thread waits while the client sends. Thread-safe. */
final class Body implements Runnable {
  private static final int FIRST = 8_192;

  private final Request request;
  private final Duration limit;
  private final int length;
  private final boolean keeps;
  private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
  private byte[] bytes = {};
  private int count;

  private Body(Request request, Duration limit, int length, boolean keeps) {
    this.request = request;
    this.limit = limit;
    this.length = length;
    this.keeps = keeps;
  }

  /**
   * Reads the whole body.
   *
   * @param most how long it may be
   * @param limit within which time it must have come
   * @return the body, which the caller zeroes; fails with a {@link GateException} where it does not
   *     come, and then the connection is of no more use
   * @throws GateException if the header shows that it is too long, or does not say how long
   */
  static CompletableFuture<byte[]> read(Request request, int most, Duration limit)
      throws GateException {
    long length = request.getLength();
    if (length < 0) {
      throw Fields.malformed("a request has a Content-Length");
    }
    if (length > most) {
      throw Fields.malformed("a body has at most " + most + " bytes here");
    }
    return new Body(request, limit, (int) length, true).start();
  }

  /**
   * Reads what is left of a body, and forgets it.
   *
   * @return fails where it does not end within this length and time
   */
  static CompletableFuture<byte[]> drain(Request request, int most, Duration limit) {
    return new Body(request, limit, most, false).start();
  }

  private CompletableFuture<byte[]> start() {
    run();
    if (!whole.isDone()) {
      Scheduler.Task end =
          request
              .getComponents()
              .getScheduler()
              .schedule(this::late, limit.toMillis(), TimeUnit.MILLISECONDS);
      CompletableFuture<byte[]> unused = whole.whenComplete((body, failure) -> end.cancel());
    }
    return whole;
  }

  private void late() {
    fail("the body did not come whole within " + limit.toSeconds() + " s");
  }

  private void fail(String why) {
    if (whole.completeExceptionally(Fields.malformed(why))) {
      forget();
    }
  }

  private synchronized void forget() {
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public void run() {
    boolean ended = false;
    for (Content.Chunk chunk; !ended && !whole.isDone(); ) {
      chunk = request.read();
      if (chunk == null) {
        request.demand(this);
        return;
      }
      if (Content.Chunk.isFailure(chunk)) {
        fail("the body did not come whole");
        return;
      }
      ended = take(chunk.getByteBuffer()) || chunk.isLast();
      chunk.release();
    }
    if (keeps ? count < length : !ended || count > length) {
      fail("the body did not come whole");
    } else if (!whole.complete(bytes)) {
      forget();
    }
  }

  /** Returns whether there is enough. */
  private synchronized boolean take(ByteBuffer more) {
    int size = more.remaining();
    if (keeps && size > 0) {
      if (bytes.length < count + size) {
        byte[] larger = Arrays.copyOf(bytes, Math.min(length, Math.max(FIRST, 2 * (count + size))));
        Arrays.fill(bytes, (byte) 0);
        bytes = larger;
      }
      more.get(bytes, count, size);
    }
    count += size;
    return keeps ? count >= length : count > length;
  }
}
