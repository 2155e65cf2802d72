package dev.keyhold.cli.object;

import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.cli.command.DeclaredOptions;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of all commands that handle objects: whose they are, and why the key is used. */
final class AccessOptions extends DeclaredOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--tenant",
      paramLabel = "NAME",
      description = "The tenant whose object it is; not secret.")
  private String tenant;

  /** Returns parameters with the tenant that is named; the command's scope has the rest. */
  KeyholdParameterSpec of(KeyholdParameterSpec parameters) {
    try {
      return tenant == null ? parameters : parameters.withTenant(tenant);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), "--tenant: " + e.getMessage(), e);
    }
  }
}
