package dev.keyhold.cli;

import dev.keyhold.KeyholdRewrap;
import dev.keyhold.keystore.BackendException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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
      "  keyhold keys rotate orders && keyhold rewrap --key orders /srv/orders"
    })
final class RewrapCommand implements Callable<Integer> {
  private final Context context;
  @Mixin private JsonOption json;

  @Option(
      names = {"--key", "--alias"},
      paramLabel = "ALIAS",
      required = true,
      description = "The alias whose objects they are.")
  private String alias;

  @Option(names = "--dry-run", description = "Say what would be rewrapped; change nothing.")
  private boolean dryRun;

  @Option(
      names = "--even-current",
      description =
          "Rewrap what is current too: AWS KMS rotates a key without telling its version.")
  private boolean always;

  @Parameters(
      paramLabel = "PATH",
      arity = "1..*",
      description = "Objects, and folders, whose objects are found by how they begin.")
  private List<Path> paths;

  RewrapCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailure, BackendException, InvalidKeyException, IOException {
    RewrapRun.Summary summary;
    try (Session session = Session.open(context)) {
      KeyholdRewrap rewrap = new KeyholdRewrap(session.handle(alias), always);
      summary = new RewrapRun(context, rewrap, dryRun).over(paths);
    }
    context.out().println(json.isSet() ? JsonOption.write(summary) : summary.text());
    return summary.exitCode();
  }
}
