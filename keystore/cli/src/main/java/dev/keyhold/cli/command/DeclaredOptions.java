package dev.keyhold.cli.command;

import dev.keyhold.KeyholdScope;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The options that declare why a command uses, reads or changes keys. */
public class DeclaredOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--purpose",
      paramLabel = "TEXT",
      description =
          "Why the key is used, which is recorded; not secret. Else KEYHOLD_PURPOSE says it.")
  private String purpose;

  @Option(
      names = "--ticket",
      paramLabel = "TEXT",
      description =
          "With --purpose: the case that the use belongs to. Else KEYHOLD_TICKET says it.")
  private String ticket;

  /** Returns what a command is executed in; empty if its options declare nothing. */
  static Optional<KeyholdScope> of(ParseResult result) {
    ParseResult last = result;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    return last.commandSpec().mixins().values().stream()
        .map(CommandSpec::userObject)
        .filter(DeclaredOptions.class::isInstance)
        .findFirst()
        .flatMap(options -> ((DeclaredOptions) options).scope());
  }

  private Optional<KeyholdScope> scope() {
    if (ticket != null && purpose == null) {
      throw new ParameterException(command.commandLine(), "--ticket goes with --purpose");
    }
    if (purpose == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          ticket == null
              ? KeyholdScope.forPurpose(purpose)
              : KeyholdScope.forPurpose(purpose, ticket));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), "--purpose: " + e.getMessage(), e);
    }
  }
}
