package dev.keyhold.cli.custody;

import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.Text;
import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.charter.CharterDiff;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code custody charter diff}. */
@Command(
    name = "diff",
    description = {
      "Shows what differs between two versions of a charter, and what that changes.",
      "Lines: - is only in OLD, + only in NEW, > has moved. With --log, each use and denial that the"
          + " log recorded is judged by the rules of both versions, and those that are judged otherwise"
          + " are counted. Grants are left out of it: what is shown is whether people are asked."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  keyhold custody charter diff charter.note next.txt",
      "  keyhold custody charter diff charter.note next.txt --log /var/lib/custodian/log"
    })
public final class CharterDiffCommand implements Callable<Integer> {
  private final Context context;

  @Parameters(index = "0", paramLabel = "OLD", description = "The version in force.")
  private Path old;

  @Parameters(index = "1", paramLabel = "NEW", description = "The next version: a draft or signed.")
  private Path next;

  @Option(
      names = "--log",
      paramLabel = "FOLDER",
      description =
          "The folder of a custodian's log, again for each further one. It is read, not verified.")
  private List<Path> logs = List.of();

  public CharterDiffCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailure, IOException {
    Charter from = CharterFile.read(old);
    Charter to = CharterFile.read(next);
    CharterDiff.lines(from, to).forEach(context.out()::println);
    follows(from, to);
    if (!logs.isEmpty()) {
      ReplayedUses replayed = new ReplayedUses(from, to);
      for (Path log : logs) {
        replayed.read(log);
      }
      replayed.lines().forEach(line -> context.out().println(Text.printable(line)));
    }
    return ExitCode.OK;
  }

  /** Says why custodians would refuse the next version, whoever signs it. */
  private void follows(Charter from, Charter to) {
    if (!to.name().equals(from.name())
        || to.version() != from.version() + 1
        || !from.id().equals(to.lines().previous())) {
      context
          .out()
          .println(
              "warning: NEW is not the version after OLD, which has the lines: name %s, version %s, previous %s"
                  .formatted(from.name(), from.version() + 1, from.id()));
    }
  }
}
