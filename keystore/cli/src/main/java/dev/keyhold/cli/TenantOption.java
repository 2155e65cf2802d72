package dev.keyhold.cli;

import dev.keyhold.KeyholdParameterSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option of all commands that handle objects, which may be a tenant's. */
final class TenantOption {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--tenant",
      paramLabel = "NAME",
      description = "The tenant whose object it is; not secret.")
  private String tenant;

  /** Parameters, for this tenant if one was named. */
  KeyholdParameterSpec of(KeyholdParameterSpec parameters) {
    try {
      return tenant == null ? parameters : parameters.withTenant(tenant);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), "--tenant: " + e.getMessage(), e);
    }
  }
}
