package dev.keyhold.cli.cost;

import dev.keyhold.admin.KeyAddress;
import dev.keyhold.admin.KeySet;
import dev.keyhold.admin.KeySet.Rule;
import dev.keyhold.keystore.Purpose;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Estimates how many calls a shape costs at each of its keys. To protect a top key takes one call
 * to each key of the shape. To open it takes one call to the first key of an any-of, or one to each
 * key of an all-of.
 *
 * <p>A process needs an epoch key for each tenant and each 80 % of max-age (it renews ahead, from
 * 70 to 90 %) or each 90 % of max-objects, and none if it writes no object. Without a board, the
 * process makes each epoch key: the key is protected once, and opened once before its first use.
 * With a board, there is one epoch key for each max-age. The process that makes it protects it
 * twice, for the objects and for the board; the other processes open both.
 *
 * <p>A reader opens each epoch key once if it reads the objects of that key together, and it opens
 * at most one epoch key for each object. Both are upper bounds, and the estimate takes the smaller.
 */
final class CallEstimate {
  private static final double RENEWED_AT = 0.8;
  private static final double USED_UP_AT = 0.9;

  private CallEstimate() {}

  /** Calls a month by key. */
  static Map<KeyAddress, Double> monthly(KeySet shape, Plan plan, Workload workload) {
    if (!plan.hasEpochs()) {
      return calls(shape, workload.objectsPerMonth(), workload.readsPerMonth());
    }
    double taken = taken(plan, workload);
    double made = plan.board() ? Math.min(taken, slots(plan, workload)) : taken;
    double read = Math.min(workload.readsPerMonth(), workload.readers() * made);
    double takenFromOthers = taken - made;
    return calls(shape, plan.board() ? 2 * made : made, made + 2 * takenFromOthers + read);
  }

  /** Returns how often a process takes a new epoch key into use, in a month. */
  private static double taken(Plan plan, Workload workload) {
    double byAge =
        (double) workload.processes()
            * workload.epochSeries()
            * (month() / (RENEWED_AT * plan.bounds().maxAge().toSeconds()));
    double byObjects = workload.objectsPerMonth() / (USED_UP_AT * plan.bounds().maxObjects());
    return Math.min(workload.objectsPerMonth(), Math.max(byAge, byObjects));
  }

  /** Returns how many epoch keys a board has in a month: one for all, until each has used it up. */
  private static double slots(Plan plan, Workload workload) {
    double byAge = workload.epochSeries() * month() / plan.bounds().maxAge().toSeconds();
    double byObjects =
        workload.objectsPerMonth()
            / (USED_UP_AT * plan.bounds().maxObjects() * workload.processes());
    return Math.max(byAge, byObjects);
  }

  private static double month() {
    return Workload.MONTH.toSeconds();
  }

  /** Calls a month of a key that is used itself, and wraps no data keys. */
  static Map<KeyAddress, Double> direct(KeyAddress key, Purpose purpose, Workload workload) {
    double calls =
        switch (purpose) {
          case ENCRYPT, MAC, KEY_WRAP -> workload.objectsPerMonth() + workload.readsPerMonth();
          case SIGN, AGREE -> workload.objectsPerMonth(); // verification is local
          case DECRYPT, DECAPSULATE -> workload.readsPerMonth(); // encryption is local
        };
    return Map.of(key, calls);
  }

  private static Map<KeyAddress, Double> calls(KeySet shape, double protect, double open) {
    Map<KeyAddress, Double> calls = new LinkedHashMap<>();
    for (KeyAddress key : shape.keys()) {
      boolean opens = shape.rule() == Rule.ALL_OF || calls.isEmpty();
      calls.put(key, protect + (opens ? open : 0));
    }
    return calls;
  }
}
