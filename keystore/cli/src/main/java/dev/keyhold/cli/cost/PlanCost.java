package dev.keyhold.cli.cost;

import dev.keyhold.admin.KeySet;
import dev.keyhold.admin.KeySet.Rule;
import dev.keyhold.cli.cost.PriceList.Price;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The cost of an alias under one plan as {@code explain --json} shows it; the names of the
 * components are those of the JSON. A value that is not known is null.
 *
 * @param plan which options it is about
 * @param calls what an object, or an epoch key, takes
 * @param keys one for each key that protects new objects
 * @param callsPerMonth at all keys
 * @param dollarsPerMonth for calls and keys
 * @param revocation when one takes effect
 * @param outage what happens while the keys that are needed are out of reach
 */
public record PlanCost(
    String plan,
    String calls,
    List<KeyCost> keys,
    Long callsPerMonth,
    Double dollarsPerMonth,
    String revocation,
    String outage) {

  /**
   * The cost of one key.
   *
   * @param callDollars a month
   * @param keyDollars a month, of its versions
   * @param peakPerSecond calls in the busiest second
   * @param quotaPerSecond calls a second that the backend takes, of all that use the account
   * @param quotaShare 1 for all of it
   */
  public record KeyCost(
      String key,
      Long callsPerMonth,
      Double callDollars,
      Double keyDollars,
      Double peakPerSecond,
      Double quotaPerSecond,
      Double quotaShare) {

    static KeyCost of(KeyFacts facts, Price price, Optional<Double> calls, double peak) {
      Double versions =
          price
              .version()
              .map(dollars -> dollars * Math.min(facts.versions(), price.paidVersions()))
              .orElse(null);
      Double busiest = calls.map(number -> peak * number / Workload.MONTH.toSeconds()).orElse(null);
      Double quota = price.quota().orElse(null);
      return new KeyCost(
          facts.ref().toString(),
          calls.map(Math::round).orElse(null),
          calls.flatMap(n -> price.per10000().map(dollars -> n / 10_000 * dollars)).orElse(null),
          versions,
          busiest,
          quota,
          busiest == null || quota == null ? null : busiest / quota);
    }
  }

  /** Returns the cost of a key that is used directly. */
  static PlanCost direct(KeyCost cost) {
    return new PlanCost(
        "no data keys",
        "1 a use",
        List.of(cost),
        cost.callsPerMonth,
        sum(List.of(cost)),
        "at the next use",
        "stops at once");
  }

  /** Returns the cost of the keys of a shape that wrap data keys. */
  static PlanCost of(KeySet shape, Plan plan, List<KeyCost> costs) {
    boolean known = costs.stream().allMatch(cost -> cost.callsPerMonth != null);
    return new PlanCost(
        plan.label(),
        unit(shape, plan),
        costs,
        known ? costs.stream().mapToLong(KeyCost::callsPerMonth).sum() : null,
        sum(costs),
        plan.revocation(),
        plan.outage());
  }

  private static String unit(KeySet shape, Plan plan) {
    int protect = shape.keys().size();
    int open = shape.rule() == Rule.ALL_OF ? protect : 1;
    if (plan.hasEpochs() && plan.board()) {
      return "%s to make an epoch key, %s to take it from the board, %s for each that a reader meets"
          .formatted(2 * protect + open, 2 * open, open);
    }
    return plan.hasEpochs()
        ? "%s an epoch key, %s for each that a reader meets".formatted(protect + open, open)
        : "%s an object written, %s an object read".formatted(protect, open);
  }

  /** Null if nothing is known, or nothing is asked for. */
  private static Double sum(List<KeyCost> costs) {
    if (costs.stream().allMatch(cost -> cost.callDollars == null)) {
      return null;
    }
    return costs.stream()
        .flatMap(cost -> Stream.of(cost.callDollars, cost.keyDollars).filter(Objects::nonNull))
        .mapToDouble(Double::doubleValue)
        .sum();
  }
}
