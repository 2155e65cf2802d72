package dev.keyhold.observe;

import java.util.List;
import java.util.concurrent.Callable;

/**
 * The observers of one use of a key. It is for the thread that makes the use; an attempt that is
 * passed to {@link #around} may run on another.
 */
public final class Watch {
  /** Nobody watches. */
  static final Watch NOBODY = new Watch(List.of());

  private final List<Observer.Use> listeners;
  private int attempts;
  private Outcome refusal;

  Watch(List<Observer.Use> listeners) {
    this.listeners = listeners;
  }

  /**
   * The backend is about to be asked.
   *
   * @param before the failure of the attempt before; null for none
   */
  public void attempt(Throwable before) {
    if (this == NOBODY) {
      return;
    }
    attempts++;
    if (before != null) {
      Outcome why = Outcome.of(before);
      listeners.forEach(listener -> listener.retried(attempts, why));
    }
  }

  /** Returns what is to be asked, with what surrounds it on the thread that asks. */
  public <T> Callable<T> around(Callable<T> attempt) {
    Callable<T> surrounded = attempt;
    for (Observer.Use listener : listeners) {
      surrounded = listener.around(surrounded);
    }
    return surrounded;
  }

  /** The backend is not asked, for a reason of this side's. */
  public void refused(Outcome why) {
    if (this != NOBODY) {
      refusal = why;
    }
  }

  void ended(Outcome outcome) {
    Outcome told = refusal != null ? refusal : outcome;
    listeners.forEach(listener -> listener.ended(told, attempts));
  }
}
