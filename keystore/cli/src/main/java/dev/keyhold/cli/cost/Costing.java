package dev.keyhold.cli.cost;

import dev.keyhold.admin.Administration;
import dev.keyhold.admin.AliasPolicy;
import dev.keyhold.admin.KeyAddress;
import dev.keyhold.admin.KeySet;
import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.cost.PlanCost.KeyCost;
import dev.keyhold.cli.cost.PriceList.Price;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Purpose;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Calculates what the keys of an alias cost: measured where there is a recording, else estimated.
 */
public final class Costing {
  private final AliasPolicy policy;
  private final Plan plan;
  private final Map<KeyAddress, KeyFacts> facts;
  private final Administration admin;
  private final CostOptions options;
  private final PriceList prices = PriceList.read();
  private final Optional<Measured> measured;
  private final Optional<Workload> workload;

  public Costing(
      AliasPolicy policy,
      Plan plan,
      Map<KeyAddress, KeyFacts> facts,
      Administration admin,
      CostOptions options)
      throws CommandFailure {
    this.policy = policy;
    this.plan = plan;
    this.facts = facts;
    this.admin = admin;
    this.options = options;
    Optional<Workload> given = options.workload();
    measured = options.measured();
    // under an epoch key, the number of objects does not follow from the calls
    workload =
        given.isPresent() || plan.hasEpochs() ? given : measured.flatMap(this::measuredWorkload);
  }

  private Optional<Workload> measuredWorkload(Measured process) {
    KeySet shape = policy.protectWith();
    Workload all =
        options.workload(
            options.processes() * process.objectsPerDay(shape),
            options.processes() * process.readsPerDay(shape));
    return all.objects() + all.reads() > 0 ? Optional.of(all) : Optional.empty();
  }

  /** Returns what was said of the applications, or measured of them. */
  public Optional<Workload> workload() {
    return workload;
  }

  /** Returns the source of the prices, and their age. */
  public String priceSource() {
    return prices.origin();
  }

  public Optional<Measured> measured() {
    return measured;
  }

  /**
   * Returns what the keys of the alias cost now, and beside it what they would under another plan.
   */
  public List<PlanCost> costs(Optional<Plan> other) throws CommandFailure, BackendException {
    KeySet shape = policy.protectWith();
    Optional<Map<KeyAddress, Double>> recorded =
        measured.map(process -> process.monthly(shape, options.processes()));
    KeyFacts first = facts.get(shape.keys().get(0));
    Optional<Purpose> direct = first.directUse();
    if (direct.isPresent()) {
      if (other.isPresent()) {
        throw new CommandFailure(
            ExitCode.USAGE,
            "--what-if is about data keys, and the key of %s wraps none".formatted(policy.alias()));
      }
      Optional<Map<KeyAddress, Double>> estimated =
          workload.map(w -> CallEstimate.direct(first.ref(), direct.get(), w));
      return List.of(PlanCost.direct(keyCosts(recorded.or(() -> estimated)).get(0)));
    }
    List<PlanCost> costs = new ArrayList<>();
    costs.add(PlanCost.of(shape, plan, keyCosts(recorded.or(() -> estimated(plan)))));
    if (other.isPresent()) {
      if (measured.isPresent() && workload.isEmpty()) {
        throw new CommandFailure(
            ExitCode.USAGE,
            "the recording does not tell how many objects there were: give --objects and --reads"
                + " for --what-if");
      }
      costs.add(PlanCost.of(shape, other.get(), keyCosts(estimated(other.get()))));
    }
    return costs;
  }

  private Optional<Map<KeyAddress, Double>> estimated(Plan assumed) {
    return workload.map(given -> CallEstimate.monthly(policy.protectWith(), assumed, given));
  }

  private List<KeyCost> keyCosts(Optional<Map<KeyAddress, Double>> calls)
      throws CommandFailure, BackendException {
    List<KeyCost> costs = new ArrayList<>();
    for (KeyAddress key : policy.protectWith().keys()) {
      Optional<Double> monthly = calls.flatMap(known -> Optional.ofNullable(known.get(key)));
      costs.add(KeyCost.of(facts.get(key), price(facts.get(key)), monthly, options.peak()));
    }
    return costs;
  }

  private Price price(KeyFacts key) throws CommandFailure, BackendException {
    String backend = key.ref().backend();
    Price listed =
        prices.of(admin.backend(backend).type(), key.residence(), key.spec(), key.protection());
    return options.price(admin, backend, listed);
  }
}
