package dev.keyhold.cli.keys;

import dev.keyhold.admin.ManagedKey;
import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.DeclaredOptions;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.JsonOption;
import dev.keyhold.cli.command.Session;
import dev.keyhold.keystore.BackendException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code keys purge}. */
@Command(
    name = "purge",
    description = {
      "Destroys a key whose scheduled time has come, for good, where the backend leaves that to a"
          + " command: the software backend does.",
      "It is refused where the clock was set back, or jumped by more than 7 days, from one write of"
          + " the key file to the next since the destruction was scheduled, and so also where nothing"
          + " was written for more than 7 days; --today confirms the clock."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  keyhold keys purge old-orders"})
public final class KeysPurgeCommand implements Callable<Integer> {
  private final Context context;
  @Mixin private JsonOption json;

  @SuppressWarnings("UnusedVariable") // read by picocli
  @Mixin
  private DeclaredOptions declared;

  @Option(
      names = "--today",
      paramLabel = "DATE",
      description = "The date of today, from another source than this host's clock: 2026-11-28.")
  private LocalDate today;

  @Parameters(paramLabel = "ALIAS", description = "The alias of the key.")
  private String alias;

  public KeysPurgeCommand(Context context) {
    this.context = context;
  }

  /** The key that was destroyed, as {@code --json} shows it. */
  private record Purged(String alias, String uri, boolean purged) {}

  @Override
  public Integer call() throws CommandFailure, BackendException {
    if (today != null
        && Math.abs(ChronoUnit.DAYS.between(today, LocalDate.now(ZoneOffset.UTC))) > 1) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "--today=%s is not what the clock of this host says (%s): set the clock first"
              .formatted(today, LocalDate.now(ZoneOffset.UTC)));
    }
    try (Session session = Session.open(context)) {
      ManagedKey key = session.locate(alias);
      String uri = key.describe().uri().toString();
      key.purge(today != null);
      Purged gone = new Purged(alias, uri, true);
      context
          .out()
          .println(
              json.isSet()
                  ? JsonOption.write(gone)
                  : "key %s (%s) is destroyed, with all its versions".formatted(alias, gone.uri));
      return ExitCode.OK;
    }
  }
}
