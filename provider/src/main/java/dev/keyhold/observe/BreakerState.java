package dev.keyhold.observe;

import java.util.Locale;

/** The state of a circuit breaker: whether a backend is called. */
public enum BreakerState {
  /** It is. */
  CLOSED,
  /** It failed too often in a row, and is left alone for a while. */
  OPEN,
  /** That while is over: the next use tells whether it is well again. */
  HALF_OPEN;

  /** Its name in events and metrics. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
