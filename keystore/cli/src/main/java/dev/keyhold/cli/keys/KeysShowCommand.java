package dev.keyhold.cli.keys;

import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.DeclaredOptions;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.JsonOption;
import dev.keyhold.cli.command.KeyView;
import dev.keyhold.cli.command.Session;
import dev.keyhold.keystore.BackendException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code keys show}. */
@Command(
    name = "show",
    description = "Shows one key with all its versions, freshly read from its backend.",
    footerHeading = "%nExamples:%n",
    footer = {"  keyhold keys show orders", "  keyhold keys show orders --json"})
public final class KeysShowCommand implements Callable<Integer> {
  private final Context context;
  @Mixin private JsonOption json;

  @SuppressWarnings("UnusedVariable") // read by picocli
  @Mixin
  private DeclaredOptions declared;

  @Parameters(paramLabel = "ALIAS", description = "The alias of the key.")
  private String alias;

  public KeysShowCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailure, BackendException {
    try (Session session = Session.open(context)) {
      KeyView key = KeyView.of(session.find(alias));
      context.out().println(json.isSet() ? JsonOption.write(key) : key.details());
      return ExitCode.OK;
    }
  }
}
