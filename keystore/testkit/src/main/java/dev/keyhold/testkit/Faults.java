package dev.keyhold.testkit;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/**
 * The faults of a backend. Each fault is in force at once, for every call or for those that {@link
 * #on} and {@link #ofKey} select; if several apply to a call, the one that was declared first takes
 * effect. Thread-safe.
 *
 * <p>Keyhold tries a use of a key up to four times where a retry may succeed, as it does with every
 * remote backend. So an application does not notice {@code unavailable().times(3)}; it does notice
 * {@code unavailable()}, until the fault {@linkplain Fault#end ends}.
 */
public final class Faults {
  private final List<Fault> told;
  private final Predicate<Call> met;

  /** No faults. */
  Faults() {
    this(new CopyOnWriteArrayList<>(), call -> true);
  }

  private Faults(List<Fault> told, Predicate<Call> met) {
    this.told = told;
    this.met = met;
  }

  /** Returns faults of this backend in some operations only. */
  public Faults on(Operation first, Operation... more) {
    Set<Operation> others = Set.of(more);
    return new Faults(
        told, met.and(call -> call.operation() == first || others.contains(call.operation())));
  }

  /** Returns faults of this backend with one key only. */
  public Faults ofKey(String key) {
    return new Faults(told, met.and(call -> call.key().equals(key)));
  }

  /** Makes the backend unreachable: nothing is done. */
  public Fault unavailable() {
    return failing(Reason.UNAVAILABLE, "out of reach");
  }

  /**
   * Makes the backend refuse calls as over its quota: nothing is done, and a later try may succeed.
   */
  public Fault throttled() {
    return failing(Reason.UNAVAILABLE, "the rate of calls exceeds the quota");
  }

  /** Refuses this use of the key, as after a revocation. */
  public Fault denied() {
    return failing(Reason.DENIED, "this use of the key is not permitted");
  }

  /** Fails for this reason: nothing is done. */
  public Fault failing(Reason reason, String message) {
    return tell(
        (call, work, ended) -> {
          throw failure(reason, message, null);
        });
  }

  /**
   * Too slow: as if the deadline ({@code backend.<name>.deadline}) had passed before the answer,
   * though no time passes. What was asked is done. Not tried again, as there would be no time.
   */
  public Fault slow() {
    return tell(
        (call, work, ended) -> {
          work.run();
          throw failure(
              Reason.UNAVAILABLE, "no answer within the deadline", new TimeoutException());
        });
  }

  /** Returns what was asked is done, and the answer is lost: the caller can't know. */
  public Fault answersLost() {
    return tell(
        (call, work, ended) -> {
          work.run();
          throw failure(Reason.UNAVAILABLE, "the connection was lost before the answer", null);
        });
  }

  /**
   * Hangs: calls wait until the fault {@linkplain Fault#end ends}, and then go on as if nothing had
   * been. One that is given up meanwhile, at its deadline or since its thread is interrupted, does
   * nothing.
   */
  public Fault hanging() {
    return tell(
        (call, work, ended) -> {
          try {
            ended.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure(Reason.UNAVAILABLE, "given up while it hung", e);
          }
          return work.run();
        });
  }

  /** Ends all faults of this backend, whatever their operations and keys. */
  public void clear() {
    told.forEach(Fault::end);
    told.clear();
  }

  /** Carries out a call, or has it fail. */
  Object around(Call call, Fault.Work work) throws Exception {
    for (Fault fault : told) {
      if (fault.takes(call)) {
        return fault.apply(call, work);
      }
    }
    return work.run();
  }

  private Fault tell(Fault.Effect effect) {
    Fault fault = new Fault(met, effect);
    told.add(fault);
    return fault;
  }

  private static BackendException failure(Reason reason, String what, Throwable cause) {
    return new BackendException(reason, what + ": the test told the backend to fail so", cause);
  }
}
