package dev.keyhold.custody.server.http;

import dev.keyhold.custody.server.gate.GateException;
import dev.keyhold.custody.server.gate.GateException.Kind;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many requests a workload may have at once, and in a second: one that asks for more is told to
 * wait, and the others are served. Those whom the charter does not know share one place.
 * Thread-safe.
 */
final class WorkloadLimits {
  /** How many requests at once. */
  static final int AT_ONCE = 64;

  /** How many requests in a second. */
  static final int EACH_SECOND = 2_000;

  private static final long NANOS = 1_000_000_000L;

  private final Map<String, Use> uses = new ConcurrentHashMap<>();

  private static final class Use {
    private int running;
    private long second = Long.MIN_VALUE;
    private int begun;

    synchronized String enter(long now) {
      if (second != now) {
        second = now;
        begun = 0;
      }
      if (running >= AT_ONCE) {
        return "has %s requests under way already".formatted(AT_ONCE);
      }
      if (begun >= EACH_SECOND) {
        return "has made %s requests in this second".formatted(EACH_SECOND);
      }
      running++;
      begun++;
      return "";
    }

    synchronized void leave() {
      running--;
    }
  }

  /** A request under way. */
  interface Place {
    /** Ends it. */
    void close();
  }

  /**
   * Begins a request.
   *
   * @param workload its name, or empty
   */
  Place enter(String workload) throws GateException {
    Use use = uses.computeIfAbsent(workload, name -> new Use());
    String why = use.enter(Math.floorDiv(System.nanoTime(), NANOS));
    if (!why.isEmpty()) {
      throw new GateException(
          Kind.THROTTLED, "the workload " + workload + " " + why + ": send fewer");
    }
    return use::leave;
  }
}
