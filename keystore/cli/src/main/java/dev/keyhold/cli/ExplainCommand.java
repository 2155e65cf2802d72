package dev.keyhold.cli;

import dev.keyhold.cli.PriceList.Price;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.routing.Combinator;
import dev.keyhold.routing.KeyRef;
import dev.keyhold.routing.KeyRouter;
import dev.keyhold.routing.Policy;
import dev.keyhold.routing.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code explain}. */
@Command(
    name = "explain",
    description = {
      "Explains an alias: which keys open its objects, where they reside, what they cost,",
      "when a revocation takes effect, and what stops when a backend is lost. Uses no key."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  keyhold explain orders",
      "  keyhold explain orders --objects 1e6 --reads 5e6 --processes 20 --what-if data-keys=epoch",
      "  keyhold explain orders --offline --json"
    })
final class ExplainCommand implements Callable<Integer> {
  private final Context context;
  @Mixin private JsonOption json;
  @Mixin private CostOptions options;

  @Parameters(paramLabel = "ALIAS", description = "The alias.")
  private String alias;

  @Option(names = "--offline", description = "Ask no backend; say what the configuration says.")
  private boolean offline;

  @Option(
      names = "--what-if",
      paramLabel = "OPTION=VALUE",
      split = ",",
      description = "Beside it, the same with data-keys, max-age or max-stale set to this.")
  private Map<String, String> supposed = Map.of();

  ExplainCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailure, BackendException {
    try (Session session = Session.open(context)) {
      KeyRouter router = session.router();
      Policy policy = router.policy(alias);
      Plan plan = Plan.of(policy);
      Plan other = plan.with(supposed);
      Optional<Workload> workload = options.workload();
      Map<KeyRef, KeyFacts> facts = KeyFacts.of(session, policy, offline);
      Map<KeyRef, Price> prices = prices(router, facts);
      Explanation explanation =
          new Explanation(
              alias,
              policy.binding(),
              Explanation.expression(policy.protectWith()),
              Losses.former(policy).stream().map(Explanation::expression).toList(),
              facts.values().stream().map(key -> ExplainedKey.of(alias, key, router)).toList(),
              workload.orElse(null),
              costs(policy.protectWith(), plan, other, facts, prices, workload),
              PriceList.SOURCE,
              new Losses(policy, plan, facts).all(),
              notes(policy, plan, other, facts));
      context
          .out()
          .println(json.isSet() ? JsonOption.write(explanation) : new ExplainText(explanation));
      return ExitCode.OK;
    }
  }

  private Map<KeyRef, Price> prices(KeyRouter router, Map<KeyRef, KeyFacts> facts)
      throws CommandFailure {
    Map<KeyRef, Price> prices = new HashMap<>();
    for (KeyFacts key : facts.values()) {
      String backend = key.ref().backend();
      Price listed =
          PriceList.of(router.type(backend), key.residence(), key.spec(), key.protection());
      prices.put(key.ref(), options.price(router, backend, listed));
    }
    return prices;
  }

  private List<PlanCost> costs(
      Shape shape,
      Plan plan,
      Plan other,
      Map<KeyRef, KeyFacts> facts,
      Map<KeyRef, Price> prices,
      Optional<Workload> workload)
      throws CommandFailure {
    KeyFacts first = facts.get(shape.keys().get(0));
    Optional<Purpose> direct = first.directUse();
    if (direct.isPresent()) {
      if (!supposed.isEmpty()) {
        throw new CommandFailure(
            ExitCode.USAGE,
            "--what-if is about data keys, and the key of %s wraps none".formatted(alias));
      }
      return List.of(PlanCost.direct(first, direct.get(), prices.get(first.ref()), workload));
    }
    List<PlanCost> costs = new ArrayList<>();
    costs.add(PlanCost.of(shape, plan, facts, prices, workload));
    if (!supposed.isEmpty()) {
      costs.add(PlanCost.of(shape, other, facts, prices, workload));
    }
    return costs;
  }

  private List<String> notes(Policy policy, Plan plan, Plan other, Map<KeyRef, KeyFacts> facts) {
    List<String> notes = new ArrayList<>();
    Shape shape = policy.protectWith();
    if (shape.combinator() == Combinator.ANY_OF) {
      notes.add("to revoke the alias, every one of its keys must be disabled: each opens alone");
    }
    if (shape.combinator() == Combinator.ALL_OF) {
      notes.add("to revoke the alias, it is enough to disable one of its keys");
    }
    Map<KeyRef, KeyMetadata> told = new LinkedHashMap<>();
    facts.forEach((ref, key) -> key.key().ifPresent(metadata -> told.put(ref, metadata)));
    told.forEach(
        (ref, key) -> {
          if (!key.state().protects()) {
            notes.add(
                "%s is %s: %s"
                    .formatted(
                        ref,
                        KeyView.word(key.state()),
                        key.state().opens() ? "it protects nothing new" : "it is as if lost"));
          }
        });
    if (told.size() < facts.size()) {
      notes.add("a key that was not asked about is taken for an AES-256 key with one version");
    }
    boolean listed =
        Losses.former(policy).stream()
            .map(Explanation::expression)
            .anyMatch(Explanation.expression(shape)::equals);
    if (plan.dataKeys() != other.dataKeys() && !listed) {
      notes.add(
          "with data-keys = %s, what was written before opens only if key.%s.decrypt-with lists %s"
              .formatted(other.dataKeys().text(), alias, Explanation.expression(shape)));
    }
    return notes;
  }
}
