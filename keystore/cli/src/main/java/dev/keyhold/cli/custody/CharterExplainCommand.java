package dev.keyhold.cli.custody;

import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.Text;
import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.charter.CharterLines;
import dev.keyhold.custody.proof.charter.Operation;
import dev.keyhold.custody.proof.charter.Rule;
import dev.keyhold.custody.proof.charter.UseFacts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code custody charter explain}. */
@Command(
    name = "explain",
    description = {
      "Tells which rule of a charter a use of a key meets, and what the use then needs.",
      "Where no rule matches, it says of each rule for the workload, key and operation which clause"
          + " does not match."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:a rule matches: the use is allowed, or is allowed once people agree",
      "1:denied, or the charter is refused",
      "2:wrong usage"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  keyhold custody charter explain charter.txt --workload api --key orders --op open \\",
      "    --binding orders --tenant acme --purpose fraud-review --ticket INC-1234"
    })
public final class CharterExplainCommand implements Callable<Integer> {
  private final Context context;
  @Spec private CommandSpec command;

  @Parameters(paramLabel = "FILE", description = "The charter: a draft, or signed.")
  private Path file;

  @Option(
      names = "--workload",
      paramLabel = "NAME",
      required = true,
      description = "Its name in the charter, or an identity: spiffe://... or dns:... .")
  private String workload;

  @Option(
      names = "--key",
      paramLabel = "NAME",
      required = true,
      description = "The name of the key in the charter, or its identity at the backend.")
  private String key;

  @Option(
      names = "--op",
      paramLabel = "OPERATION",
      required = true,
      description = "unwrap, sign, ... as in rules; open and protect are the usual groups.")
  private String operation;

  @Option(names = "--binding", paramLabel = "TEXT", description = "The binding of the object.")
  private String binding;

  @Option(names = "--tenant", paramLabel = "TEXT", description = "The tenant of the object.")
  private String tenant;

  @Option(names = "--purpose", paramLabel = "TEXT", description = "What the workload states.")
  private String purpose;

  @Option(names = "--ticket", paramLabel = "TEXT", description = "What the workload states.")
  private String ticket;

  @Option(
      names = "--via",
      paramLabel = "WAY",
      defaultValue = "library",
      description = "library, xks or ekm; library by default.")
  private String via;

  public CharterExplainCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailure, IOException {
    Charter charter = CharterFile.read(file);
    String name = workloadName(charter);
    boolean denied = false;
    for (Operation asked : operations()) {
      UseFacts use =
          UseFacts.of(workload, asked, keyIdentity(charter))
              .via(via)
              .context(binding, tenant)
              .claims(purpose, ticket)
              .build();
      denied |= !explain(charter, use, name);
    }
    return denied ? ExitCode.FAILED : ExitCode.OK;
  }

  /** Says how a use is judged; returns whether a rule matches. */
  private boolean explain(Charter charter, UseFacts use, String name) {
    Rule rule = charter.firstMatch(use, name);
    if (rule == null) {
      context
          .out()
          .println(
              Text.printable(
                  "%s: denied: %s".formatted(use.operation(), charter.whyNone(use, name))));
      return false;
    }
    context.out().println("%s: rule %s: %s".formatted(use.operation(), rule.number(), need(rule)));
    context.out().println("  " + rule);
    for (Rule.Need need : rule.needs()) {
      context
          .out()
          .println(
              "  %s of %s: %s"
                  .formatted(
                      need.number(),
                      need.group(),
                      String.join(", ", charter.lines().groups().get(need.group()))));
    }
    return true;
  }

  private static String need(Rule rule) {
    if (!rule.needsPeople()) {
      return rule.hold() == null
          ? "allowed, nobody is asked"
          : "allowed, nobody is asked; the workload may keep an opened epoch key for "
              + rule.hold();
    }
    List<String> groups = new ArrayList<>();
    rule.needs().forEach(need -> groups.add(need.number() + " of " + need.group()));
    return "needs a grant signed by %s, beside the person who asks; for at most %s, %s objects and %s epoch keys at all logs together"
        .formatted(
            String.join(" and ", groups),
            rule.maxTime(),
            rule.maxObjects(),
            rule.maxEpochs() == null ? 0 : rule.maxEpochs());
  }

  private Set<Operation> operations() {
    try {
      return Operation.list(operation);
    } catch (ProofException e) {
      throw new ParameterException(
          command.commandLine(),
          "--op: %s; there are open, protect, %s"
              .formatted(
                  e.getMessage(),
                  String.join(", ", Operation.all().stream().map(Operation::word).toList())),
          e);
    }
  }

  private String workloadName(Charter charter) throws CommandFailure {
    String name = charter.hasWorkload(workload) ? workload : charter.workloadOf(workload);
    if (name == null) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "the charter has no workload %s; it has %s"
              .formatted(
                  workload,
                  charter.lines().workloads().stream().map(CharterLines.Workload::name).toList()));
    }
    return name;
  }

  /**
   * Returns the identity of the key; a key that the charter does not name may meet a rule for all.
   */
  private String keyIdentity(Charter charter) throws CommandFailure {
    for (CharterLines.Key named : charter.lines().keys()) {
      if (named.name().equals(key)) {
        return named.identity();
      }
    }
    if (key.indexOf(':') < 0) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "the charter has no key %s; it has %s, and an identity has a colon"
              .formatted(
                  key, charter.lines().keys().stream().map(CharterLines.Key::name).toList()));
    }
    return key;
  }
}
