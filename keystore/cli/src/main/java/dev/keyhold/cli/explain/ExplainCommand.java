package dev.keyhold.cli.explain;

import dev.keyhold.admin.Administration;
import dev.keyhold.admin.AliasPolicy;
import dev.keyhold.admin.ConfigurationInfo.BoardInfo;
import dev.keyhold.admin.KeyAddress;
import dev.keyhold.admin.KeySet;
import dev.keyhold.admin.KeySet.Rule;
import dev.keyhold.admin.ManagedKey;
import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.DeclaredOptions;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.JsonOption;
import dev.keyhold.cli.command.KeyView;
import dev.keyhold.cli.command.Numbers;
import dev.keyhold.cli.command.Session;
import dev.keyhold.cli.command.Text;
import dev.keyhold.cli.cost.CostOptions;
import dev.keyhold.cli.cost.Costing;
import dev.keyhold.cli.cost.KeyFacts;
import dev.keyhold.cli.cost.Plan;
import dev.keyhold.cli.cost.Workload;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeyMetadata;
import java.util.ArrayList;
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
      "Explains an alias: which keys open its objects, where they reside, what they cost, when a"
          + " revocation takes effect, and what stops when a backend is lost.",
      "It uses no key."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  keyhold explain orders",
      "  keyhold explain orders --objects 1e6 --reads 5e6 --processes 20 --what-if data-keys=epoch",
      "  keyhold explain orders --offline --json"
    })
public final class ExplainCommand implements Callable<Integer> {
  private final Context context;
  @Mixin private JsonOption json;

  @SuppressWarnings("UnusedVariable") // read by picocli
  @Mixin
  private DeclaredOptions declared;

  @Mixin private CostOptions options;

  @Parameters(paramLabel = "ALIAS", description = "The alias.")
  private String alias;

  @Option(names = "--offline", description = "Ask no backend; say what the configuration says.")
  private boolean offline;

  @Option(
      names = "--what-if",
      paramLabel = "OPTION=VALUE",
      split = ",",
      description =
          "Beside it, the same with data-keys, max-age or max-stale set to this, with board=yes or"
              + " board=no.")
  private Map<String, String> supposed = Map.of();

  public ExplainCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailure, BackendException {
    try (Session session = Session.open(context)) {
      Administration admin = session.admin();
      AliasPolicy policy = admin.policy(alias);
      Optional<BoardInfo> board = admin.configuration().board();
      Plan plan = Plan.of(policy, board.isPresent());
      Plan other = plan.with(supposed);
      Map<KeyAddress, KeyFacts> facts = KeyFacts.of(session, policy, offline);
      Costing costing = new Costing(policy, plan, facts, admin, options);
      List<ExplainedKey> keys = new ArrayList<>();
      for (KeyFacts key : facts.values()) {
        keys.add(ExplainedKey.of(alias, key, admin));
      }
      Explanation explanation =
          new Explanation(
              alias,
              policy.binding(),
              policy.protectWith().expression(),
              Losses.former(policy).stream().map(KeySet::expression).toList(),
              keys,
              costing.workload().orElse(null),
              costing.measured().map(measured -> measured.span().toString()).orElse(null),
              costing.costs(supposed.isEmpty() ? Optional.empty() : Optional.of(other)),
              costing.priceSource(),
              new Losses(policy, plan, facts, policy.writeQuorum())
                  .all(board.map(BoardInfo::toString)),
              notes(admin, policy, plan, other, facts, costing.workload()));
      List<String> absent =
          policy.protectWith().keys().stream()
              .filter(key -> facts.get(key).isAbsent())
              .map(KeyAddress::toString)
              .toList();
      if (json.isSet()) {
        context.out().println(JsonOption.write(explanation));
      } else {
        if (!absent.isEmpty()) {
          context
              .out()
              .println(
                  Text.printable(
                      "key.%s names %s, and there is no such key: what follows holds once there is"
                          .formatted(alias, String.join(", ", absent))));
        }
        context.out().println(ExplainText.of(explanation));
      }
      return absent.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }
  }

  private List<String> notes(
      Administration admin,
      AliasPolicy policy,
      Plan plan,
      Plan other,
      Map<KeyAddress, KeyFacts> facts,
      Optional<Workload> workload)
      throws BackendException {
    List<String> notes = new ArrayList<>();
    KeySet shape = policy.protectWith();
    if (shape.rule() == Rule.ANY_OF) {
      notes.add("to revoke the alias, every one of its keys must be disabled: each opens alone");
    }
    if (shape.rule() != Rule.ANY_OF) {
      notes.add(
          "if a key is destroyed, or lost with its module, so is what it takes to open: back it up");
    }
    if (shape.rule() == Rule.ALL_OF) {
      notes.add("to revoke the alias, it is enough to disable one of its keys");
    }
    Map<KeyAddress, KeyMetadata> told = new LinkedHashMap<>();
    facts.forEach((ref, key) -> key.key().ifPresent(metadata -> told.put(ref, metadata)));
    for (Map.Entry<KeyAddress, KeyMetadata> entry : told.entrySet()) {
      KeyAddress ref = entry.getKey();
      KeyMetadata key = entry.getValue();
      if (key.attributes().protection().contains("multi-Region")) {
        notes.add("%s is a multi-Region key: its replicas open the same objects".formatted(ref));
      }
      ManagedKey.weakness(ref, key).ifPresent(notes::add);
      if (GcmWraps.count(admin.backend(ref.backend()).type(), key)) {
        notes.add(GcmWraps.estimate(ref.toString(), wrapsPerMonth(other, workload)));
      }
      if (!key.state().protects()) {
        notes.add(
            "%s is %s: %s"
                .formatted(
                    ref,
                    KeyView.word(key.state()),
                    key.state().opens() ? "it protects nothing new" : "it is as if lost"));
      }
    }
    if (told.size() < facts.size()) {
      notes.add("a key that was not asked about is taken for an AES-256 key with one version");
    }
    if (other.hasEpochs() && workload.isPresent() && workload.get().reads() > 0) {
      notes.add(
          "the estimate for epoch keys has a reader read the objects of each together; at worst,"
              + " each of %s reads a month is a call"
                  .formatted(Numbers.count(Math.round(workload.get().readsPerMonth()))));
    }
    boolean tenants = policy.tenantRequired() && other.hasEpochs();
    if (tenants && workload.isPresent() && workload.get().tenants() == 1) {
      notes.add("its objects belong to tenants, which share no epoch key: --tenants says how many");
    }
    boolean purposes = policy.purposeRequired() && other.hasEpochs();
    if (purposes && workload.isPresent() && workload.get().purposes() == 1) {
      notes.add(
          "its uses declare a purpose, and no epoch key serves two purposes or tickets: --purposes"
              + " says how many a process has to do with");
    }
    boolean listed =
        Losses.former(policy).stream().map(KeySet::expression).anyMatch(shape.expression()::equals);
    if (plan.hasEpochs() != other.hasEpochs() && !listed) {
      notes.add(
          "with data-keys = %s, what was written before opens only if key.%s.decrypt-with lists %s"
              .formatted(other.dataKeys(), alias, shape.expression()));
    }
    return notes;
  }

  /**
   * Returns how often a key wraps; each epoch of each process is one object's worth at the most.
   */
  private static double wrapsPerMonth(Plan plan, Optional<Workload> workload) {
    double objects = workload.map(Workload::objectsPerMonth).orElse(0d);
    if (!plan.hasEpochs() || workload.isEmpty()) {
      return objects;
    }
    double epochs =
        workload.get().processes()
            * (double) Workload.MONTH.dividedBy(plan.bounds().maxAge())
            * Math.max(1, workload.get().epochSeries());
    return Math.min(objects, epochs);
  }
}
