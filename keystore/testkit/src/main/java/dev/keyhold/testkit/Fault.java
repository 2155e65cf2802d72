package dev.keyhold.testkit;

import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;

/**
 * One fault of a backend, in force from when it was told until {@link #end}, or for so many calls.
 * Thread-safe.
 */
public final class Fault {
  private static final int NO_LIMIT = Integer.MAX_VALUE;

  private final Predicate<Call> met;
  private final Effect effect;
  private final CountDownLatch firstStruck = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private int limit = NO_LIMIT;
  private int struck;

  Fault(Predicate<Call> met, Effect effect) {
    this.met = met;
    this.effect = effect;
  }

  /** Does what was asked, or something else. */
  @FunctionalInterface
  interface Work {
    Object run() throws Exception;
  }

  /** The effect of a fault on a call. */
  @FunctionalInterface
  interface Effect {
    /**
     * Returns what happens instead.
     *
     * @param ended opens when the fault does not hold any more
     */
    Object apply(Call call, Work work, CountDownLatch ended) throws Exception;
  }

  /**
   * Limits how many calls it affects.
   *
   * @param calls at least 1, counted from when the fault was told
   * @return this
   */
  public synchronized Fault times(int calls) {
    if (calls < 1) {
      throw new IllegalArgumentException("a fault strikes at least one call, not " + calls);
    }
    limit = calls;
    return this;
  }

  /** Returns how many calls it has struck. */
  public synchronized int struck() {
    return struck;
  }

  /**
   * Waits until it has struck a call: so a test knows that another thread's call is under way, and
   * held.
   */
  public void awaitStruck() throws InterruptedException {
    firstStruck.await();
  }

  /** Ends the fault: it affects no further calls, and the calls that it holds go on. */
  public void end() {
    ended.countDown();
  }

  /** Takes a call, if the fault is in force for it. */
  synchronized boolean takes(Call call) {
    boolean takes = ended.getCount() > 0 && struck < limit && met.test(call);
    if (takes) {
      struck++;
    }
    return takes;
  }

  Object apply(Call call, Work work) throws Exception {
    firstStruck.countDown();
    return effect.apply(call, work, ended);
  }
}
