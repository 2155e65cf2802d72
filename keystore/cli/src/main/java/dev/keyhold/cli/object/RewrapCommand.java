package dev.keyhold.cli.object;

import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.KeyholdRewrap;
import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.JsonOption;
import dev.keyhold.cli.command.Session;
import dev.keyhold.keystore.BackendException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rewrap}. */
@Command(
    name = "rewrap",
    description = {
      "Protects objects anew for the keys that their alias has now, in their present version: after"
          + " a rotation, a change of keys, or an outage in which fewer keys were there to write.",
      "Only headers change, in place where they fit; the data is not touched, and not checked. What"
          + " is current is left alone. An object that fails stays as it is."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  keyhold rewrap --key orders report.pdf.keyhold",
      "  keyhold rewrap --key orders --dry-run /srv/orders",
      "  keyhold keys rotate orders && keyhold rewrap --key orders /srv/orders",
      "",
      "With a write quorum, objects that were written without one of their keys are noted in the"
          + " folder that rewrap-queue names, by their header: where they are stored only your"
          + " application knows.",
      "  keyhold rewrap --queue                       what is pending",
      "  keyhold rewrap --queue --done --key orders   you rewrapped all that were there"
    })
public final class RewrapCommand implements Callable<Integer> {
  private final Context context;
  @Spec private CommandSpec command;
  @Mixin private JsonOption json;

  @Option(
      names = {"--key", "--alias"},
      paramLabel = "ALIAS",
      description = "The alias whose objects they are.")
  private String alias;

  @Mixin private AccessOptions access;

  @Option(names = "--dry-run", description = "Say what would be rewrapped; change nothing.")
  private boolean dryRun;

  @Option(
      names = "--even-current",
      description =
          "Rewrap what is current too: AWS KMS rotates a key without telling its version.")
  private boolean always;

  @Option(names = "--queue", description = "List what is pending, in place of rewrapping.")
  private boolean queue;

  @Option(
      names = "--done",
      description =
          "With --queue: remove the entries of the alias, but not of epoch keys that may still be in"
              + " use.")
  private boolean done;

  @Parameters(
      paramLabel = "PATH",
      arity = "0..*",
      description = "Objects, and folders, whose objects are found by how they begin.")
  private List<Path> paths = List.of();

  public RewrapCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailure, BackendException, InvalidKeyException, IOException {
    requireSense();
    if (queue) {
      return showQueue();
    }
    RewrapRun.Summary summary;
    try (Session session = Session.open(context)) {
      KeyholdRewrap rewrap =
          new KeyholdRewrap(session.handle(alias), access.of(KeyholdParameterSpec.NONE), always);
      summary = new RewrapRun(context, rewrap, dryRun).over(paths);
    }
    context.out().println(json.isSet() ? JsonOption.write(summary) : summary.text());
    return summary.exitCode();
  }

  private void requireSense() {
    String wrong = null;
    if (!queue && (alias == null || paths.isEmpty() || done)) {
      wrong = "it takes --key ALIAS and files or folders, or --queue";
    } else if (queue && (!paths.isEmpty() || dryRun || always)) {
      wrong = "--queue takes neither files nor --dry-run nor --even-current";
    } else if (done && alias == null) {
      wrong = "--done takes --key ALIAS, whose objects were rewrapped";
    }
    if (wrong != null) {
      throw new ParameterException(command.commandLine(), wrong);
    }
  }

  private int showQueue() throws CommandFailure, BackendException, IOException {
    try (Session session = Session.open(context)) {
      QueueView view = QueueView.of(session.admin(), Optional.ofNullable(alias));
      if (done) {
        context.out().println(view.remove(session.admin().policy(alias)));
      } else if (json.isSet()) {
        view.writeJson(context.out());
      } else {
        view.writeText(context.out());
      }
    }
    return ExitCode.OK;
  }
}
