package dev.keyhold.cli.doctor;

import dev.keyhold.Health;
import dev.keyhold.Health.BackendHealth;
import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.DeclaredOptions;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.JsonOption;
import dev.keyhold.cli.command.Session;
import dev.keyhold.cli.command.Text;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code health}. */
@Command(
    name = "health",
    description = {
      "Says whether the backends of a configuration answer from here. Exit code 0 for yes, 1 for"
          + " no, as the probes of Kubernetes take it.",
      "It is a process of its own, and knows nothing of one that runs already: an application that"
          + " answers probes itself does so by KeyholdProvider.health()."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  keyhold health --ready", "  keyhold health --live", "  keyhold health --json"})
public final class HealthCommand implements Callable<Integer> {
  private final Context context;
  @ArgGroup private Question question = new Question();
  @Mixin private JsonOption json;

  @SuppressWarnings("UnusedVariable") // read by picocli
  @Mixin
  private DeclaredOptions declared;

  /** The question that the command asks; exactly one of the two is set. */
  private static final class Question {
    @SuppressWarnings("UnusedVariable") // what holds if the other does not
    @Option(
        names = "--ready",
        description =
            "Whether the backends of all configured aliases answer: of any-of one, of others all. It"
                + " does not look at each key: keyhold doctor does. The default.")
    private boolean ready;

    @Option(names = "--live", description = "Whether Keyhold runs at all. It asks no backend.")
    private boolean live;
  }

  /** The answer as JSON. */
  private record View(
      boolean live,
      boolean ready,
      String problem,
      List<BackendView> backends,
      List<String> outOfReach) {}

  /** The answer as JSON to the question that asks no backend. */
  private record LiveView(boolean live) {}

  private record BackendView(String name, String type, boolean up, String reason) {
    static BackendView of(BackendHealth health) {
      return new BackendView(
          health.name(), health.type(), health.up(), health.reason().orElse(null));
    }
  }

  public HealthCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailure {
    try (Session session = Session.open(context)) {
      if (question.live) { // a backend that hangs would hold up the answer
        context.out().println(json.isSet() ? JsonOption.write(new LiveView(true)) : "live");
        return ExitCode.OK;
      }
      Health health = session.health();
      if (json.isSet()) {
        context.out().println(JsonOption.write(view(health)));
      } else {
        show(health);
      }
      return health.ready() ? ExitCode.OK : ExitCode.FAILED;
    }
  }

  private static View view(Health health) {
    return new View(
        health.live(),
        health.ready(),
        health.problem().orElse(null),
        health.backends().stream().map(BackendView::of).toList(),
        health.outOfReach());
  }

  private void show(Health health) {
    PrintStream out = context.out();
    out.println(health.ready() ? "ready" : health.live() ? "live, not ready" : "not live");
    health.problem().ifPresent(problem -> out.println("  " + Text.printable(problem)));
    for (BackendHealth backend : health.backends()) {
      String how = backend.reason().map(reason -> "down: " + reason).orElse("up");
      out.println(
          Text.printable("  backend %s (%s) %s".formatted(backend.name(), backend.type(), how)));
    }
    health
        .outOfReach()
        .forEach(alias -> out.println(Text.printable("  out of reach: key." + alias)));
  }
}
