package dev.keyhold.cli.object;

import dev.keyhold.KeyholdParameterSpec;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of all commands that handle objects: whose they are, and why the key is used. */
final class AccessOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--tenant",
      paramLabel = "NAME",
      description = "The tenant whose object it is; not secret.")
  private String tenant;

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

  /** Returns parameters with what these options name. */
  KeyholdParameterSpec of(KeyholdParameterSpec parameters) {
    if (ticket != null && purpose == null) {
      throw new ParameterException(command.commandLine(), "--ticket goes with --purpose");
    }
    KeyholdParameterSpec named = parameters;
    if (tenant != null) {
      named = with("--tenant", named, spec -> spec.withTenant(tenant));
    }
    if (purpose != null) {
      named =
          with(
              "--purpose",
              named,
              spec ->
                  ticket == null ? spec.withPurpose(purpose) : spec.withPurpose(purpose, ticket));
    }
    return named;
  }

  private KeyholdParameterSpec with(
      String option, KeyholdParameterSpec parameters, UnaryOperator<KeyholdParameterSpec> naming) {
    try {
      return naming.apply(parameters);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), option + ": " + e.getMessage(), e);
    }
  }
}
