package dev.keyhold.cli.keys;

import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.DeclaredOptions;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.Session;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.PasswordProtection;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code keys upgrade}. */
@Command(
    name = "upgrade",
    description = {
      "Gives a key file the present way to derive its key from the password, which stays.",
      "A copy of the file stays beside it. Releases that don't know that way can't open the file"
          + " any more."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  keyhold keys upgrade"})
public final class KeysUpgradeCommand implements Callable<Integer> {
  private final Context context;
  @Mixin private ProtectedBackend backend;

  @SuppressWarnings("UnusedVariable") // read by picocli
  @Mixin
  private DeclaredOptions declared;

  public KeysUpgradeCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailure, BackendException {
    try (Session session = Session.open(context)) {
      String name = backend.in(session);
      session.unlock(name);
      Optional<PasswordProtection> before = session.admin().backend(name).passwordProtection();
      if (before.isPresent() && before.get().isCurrent()) {
        context.out().println(before.get().place() + " has it: " + before.get().derivation());
        return ExitCode.OK;
      }
      String copy = session.admin().backend(name).protectAnew(Optional.empty());
      context.out().println(KeysPasswordCommand.done(session, name, copy));
      return ExitCode.OK;
    }
  }
}
