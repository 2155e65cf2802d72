package dev.keyhold.observe;

import java.time.Duration;
import java.util.Locale;

/**
 * An epoch key for new objects was renewed, or could not be.
 *
 * @param alias whose objects it is for
 * @param cause why now
 * @param outcome how it ended; the counts of the cache tell whether the old one stays in use
 * @param took how long it took
 */
public record Renewal(String alias, Cause cause, Outcome outcome, Duration took) {
  /** The reason why a new epoch key is needed. */
  public enum Cause {
    /** There was none. */
    FIRST,
    /** The old one ends soon; nobody waits. */
    AHEAD,
    /** The old one has ended; the users of the alias wait. */
    END;

    /** Its name in events and metrics. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
