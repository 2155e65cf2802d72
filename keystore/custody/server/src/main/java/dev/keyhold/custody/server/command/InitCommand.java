package dev.keyhold.custody.server.command;

import dev.keyhold.admin.Administration;
import dev.keyhold.custody.server.gate.Gate;
import dev.keyhold.custody.server.log.DiskFiles;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import javax.crypto.SecretKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes the key of a log, and then the log. */
@Command(
    name = "init",
    description = {
      "Makes the key of a log, and the log itself once the charter is signed.",
      "Without --charter it makes the key, if there is none, and prints its line for the charter.",
      "A successor of a lost or closed log is made in the same way, with an origin and a folder of its own."
    })
final class InitCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "The configuration of the custodian.")
  private Path config;

  @Option(
      names = "--charter",
      paramLabel = "NOTE",
      description = "The signed charter; with several versions, each, from the first on.")
  private List<Path> charters = new ArrayList<>();

  @Option(
      names = "--replaces",
      paramLabel = "ORIGIN",
      description = "The log that this one succeeds.")
  private String replaces;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    CustodianConfiguration configuration = CustodianConfiguration.read(config);
    Path file = configuration.logKeyFile();
    String origin = configuration.origin();
    try (Administration administration = Administration.open(configuration.include().toString())) {
      SecretKey sealing = administration.handle(configuration.sealingAlias());
      LogKey key =
          Files.exists(file)
              ? LogKey.open(origin, file, sealing)
              : LogKey.create(origin, file, sealing);
      if (charters.isEmpty()) {
        out.println("log " + origin + " " + key.signer().verifierKey());
        out.println(
            "# Put this line into the charter, have it signed, set charter.pin to the id of its"
                + " version 1, and run init again with --charter.");
        return 0;
      }
      List<byte[]> notes = new ArrayList<>();
      for (Path charter : charters) {
        notes.add(Files.readAllBytes(charter));
      }
      Gate.init(
          configuration.log(true),
          configuration.pin(),
          notes,
          Optional.ofNullable(replaces),
          new DiskFiles(),
          key.signer(),
          Clock.systemUTC());
      out.println("The log " + origin + " begins. Start the custodian: keyhold-custodian run.");
      return 0;
    }
  }
}
