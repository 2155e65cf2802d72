package dev.keyhold.cli;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.routing.KeyRef;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code keys rotate}. */
@Command(
    name = "rotate",
    description = {
      "Makes a new version of a key, which protects all new data from now on.",
      "Older versions go on decrypting what they protected. A key for Mac has no versions: make one"
          + " under another alias instead."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  keyhold keys rotate orders", "  keyhold keys rotate orders --json"})
final class KeysRotateCommand implements Callable<Integer> {
  private final Context context;
  @Mixin private JsonOption json;

  @Parameters(paramLabel = "ALIAS", description = "The alias of the key.")
  private String alias;

  KeysRotateCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailure, BackendException {
    try (Session session = Session.open(context)) {
      KeyRef ref = session.locate(alias);
      KeyView key = KeyView.of(session.entry(alias, ref, session.router().rotate(ref)));
      context.out().println(json.isSet() ? JsonOption.write(key) : key.details());
      return ExitCode.OK;
    }
  }
}
