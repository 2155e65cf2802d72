package dev.keyhold.observe;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Writes down all that it is told, a line each. */
public final class Seen implements Observer {
  public final List<String> lines = Collections.synchronizedList(new ArrayList<>());
  public final List<CacheCounts> counts = Collections.synchronizedList(new ArrayList<>());

  @Override
  public Use begin(ObservedUse use) {
    String what =
        "%s %s at %s (%s%s)"
            .formatted(
                use.operation().id(),
                use.key(),
                use.backend(),
                use.type(),
                use.remote() ? ", remote" : "");
    return new Use() {
      @Override
      public void retried(int attempt, Outcome why) {
        lines.add("retry " + attempt + " after " + why.id());
      }

      @Override
      public void ended(Outcome outcome, int attempts) {
        lines.add(what + ": " + outcome.id() + ", " + attempts);
      }
    };
  }

  @Override
  public void breakerChanged(String backend, BreakerState state) {
    lines.add("breaker of " + backend + " " + state.id());
  }

  @Override
  public void renewed(Renewal renewal) {
    lines.add(
        "renewal of %s: %s, %s"
            .formatted(renewal.alias(), renewal.cause().id(), renewal.outcome().id()));
  }

  @Override
  public void counting(CacheCounts more) {
    counts.add(more);
  }

  @Override
  public void close() {
    lines.add("closed");
  }

  /** What it was told since the last call of this. */
  public List<String> take() {
    synchronized (lines) {
      List<String> taken = List.copyOf(lines);
      lines.clear();
      return taken;
    }
  }
}
