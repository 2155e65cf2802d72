package dev.keyhold.cli.keys;

import dev.keyhold.admin.ManagedKey;
import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.DeclaredOptions;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.JsonOption;
import dev.keyhold.cli.command.KeyView;
import dev.keyhold.cli.command.Session;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeyMetadata;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A command that changes one key and shows how it is afterwards. */
abstract class KeyChange implements Callable<Integer> {
  private final Context context;
  @Mixin private JsonOption json;

  @SuppressWarnings("UnusedVariable") // read by picocli
  @Mixin
  private DeclaredOptions declared;

  @Parameters(paramLabel = "ALIAS", description = "The alias of the key.")
  private String alias;

  KeyChange(Context context) {
    this.context = context;
  }

  /** Makes the change. */
  abstract KeyMetadata change(ManagedKey key) throws BackendException;

  @Override
  public final Integer call() throws CommandFailure, BackendException {
    try (Session session = Session.open(context)) {
      ManagedKey located = session.locate(alias);
      KeyView key = KeyView.of(session.entry(alias, located.address(), change(located)));
      context.out().println(json.isSet() ? JsonOption.write(key) : key.details());
      return ExitCode.OK;
    }
  }
}
