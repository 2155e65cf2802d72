package dev.keyhold.keystore.custodian;

import java.io.IOException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/**
 * Collects an answer of a bounded length. What was collected is zeroed where a longer array takes
 * its place, and where the answer does not end well.
 */
final class BoundedBody implements BodySubscriber<byte[]> {
  private static final int FIRST = 1024;

  private final int most;
  private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
  private byte[] collected = new byte[FIRST];
  private int length;
  private Flow.Subscription subscription;

  /** The answer is longer than it may be. */
  static final class TooLong extends IOException {
    private static final long serialVersionUID = 1L;

    TooLong() {
      super("the answer is too long");
    }
  }

  private BoundedBody(int most) {
    this.most = most;
  }

  /** Returns a handler that collects at most so many bytes. */
  static BodyHandler<byte[]> atMost(int most) {
    return head -> new BoundedBody(most);
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return whole;
  }

  @Override
  public void onSubscribe(Flow.Subscription first) {
    subscription = first;
    first.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> parts) {
    for (ByteBuffer part : parts) {
      if (whole.isDone()) {
        return;
      }
      int added = part.remaining();
      if (added > most - length) {
        subscription.cancel();
        onError(new TooLong());
        return;
      }
      if (length + added > collected.length) {
        replace(Math.min(most, Math.max(2 * collected.length, length + added)));
      }
      part.get(collected, length, added);
      length += added;
    }
  }

  private void replace(int size) {
    byte[] next = Arrays.copyOf(collected, size);
    Arrays.fill(collected, (byte) 0);
    collected = next;
  }

  @Override
  public void onError(Throwable failure) {
    Arrays.fill(collected, (byte) 0);
    whole.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    if (whole.isDone()) {
      return;
    }
    if (length != collected.length) {
      replace(length);
    }
    whole.complete(collected);
  }
}
