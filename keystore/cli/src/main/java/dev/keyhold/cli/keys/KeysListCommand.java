package dev.keyhold.cli.keys;

import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.DeclaredOptions;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.JsonOption;
import dev.keyhold.cli.command.KeyView;
import dev.keyhold.cli.command.Session;
import dev.keyhold.cli.command.Text;
import dev.keyhold.keystore.BackendException;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code keys list}. */
@Command(
    name = "list",
    description = {
      "Lists the keys that the configuration gives an alias, asking every backend.",
      "It lists those that have none too, with a - for the alias: see keyhold keys restore-alias."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  keyhold keys list", "  keyhold keys list --json | jq -r '.[].alias'"})
public final class KeysListCommand implements Callable<Integer> {
  private final Context context;
  @Mixin private JsonOption json;

  @SuppressWarnings("UnusedVariable") // read by picocli
  @Mixin
  private DeclaredOptions declared;

  public KeysListCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailure, BackendException {
    try (Session session = Session.open(context)) {
      Session.Listing listing = session.list();
      List<KeyView> keys = listing.entries().stream().map(KeyView::of).toList();
      PrintStream out = context.out();
      if (json.isSet()) {
        out.println(JsonOption.write(keys));
      } else if (!keys.isEmpty()) {
        out.println(KeyView.table(keys));
      } else if (listing.isOfNothing()) {
        context.err().println("There is no key yet; make one: keyhold keys create ALIAS");
      }
      listing.missingFiles().forEach((backend, what) -> tell("backend " + backend + ": " + what));
      listing
          .notListed()
          .forEach(
              (backend, others) ->
                  others
                      .reasons(" of backend " + backend)
                      .forEach(reason -> tell("not listed: " + reason)));
      int code = ExitCode.OK;
      for (BackendException e : listing.unreachable().values()) {
        tell("not listed: " + e.getMessage());
        code = ExitCode.of(e);
      }
      return code;
    }
  }

  private void tell(String what) {
    context.err().println("keyhold: " + Text.printable(what));
  }
}
