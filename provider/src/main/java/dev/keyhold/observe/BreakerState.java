package dev.keyhold.observe;

import java.util.Locale;

/** The state of a circuit breaker: whether a backend is called. */
public enum BreakerState {
  /** The backend is called. */
  CLOSED,
  /** The backend failed too often in a row, and is not called for a while. */
  OPEN,
  /** The pause is over: the next use tells whether the backend works again. */
  HALF_OPEN;

  /** Its name in events and metrics. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
