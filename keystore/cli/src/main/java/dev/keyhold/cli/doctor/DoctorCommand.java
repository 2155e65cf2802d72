package dev.keyhold.cli.doctor;

import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.DeclaredOptions;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.JsonOption;
import dev.keyhold.cli.command.Session;
import dev.keyhold.cli.command.Text;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code doctor}. */
@Command(
    name = "doctor",
    description = {
      "Looks at all that commonly goes wrong, and says what to do: this Java and the order of its"
          + " providers, the configuration and who may read its secrets, whether each backend"
          + " answers, the board, the clock, each alias's keys, their state and certificates.",
      "It uses no key, and changes nothing. It looks at the Java that runs it: set JAVA_HOME to that"
          + " of your application."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  keyhold doctor", "  keyhold doctor --json"})
public final class DoctorCommand implements Callable<Integer> {
  private final Context context;
  @Mixin private JsonOption json;

  @SuppressWarnings("UnusedVariable") // read by picocli
  @Mixin
  private DeclaredOptions declared;

  public DoctorCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailure {
    Path config = context.requireConfig().toAbsolutePath();
    List<Finding> findings = new ArrayList<>(JavaCheckup.ofThisJvm().findings(config));
    findings.addAll(FileCheckup.findings(config));
    try (Session session = Session.open(context)) {
      findings.addAll(new KeyCheckup(session, Clock.systemUTC()).findings());
    }
    PrintStream out = context.out();
    if (json.isSet()) {
      out.println(JsonOption.write(findings));
    } else {
      findings.forEach(finding -> show(out, finding));
    }
    return findings.stream().anyMatch(f -> f.level() == Finding.Level.PROBLEM)
        ? ExitCode.FAILED
        : ExitCode.OK;
  }

  private static void show(PrintStream out, Finding finding) {
    String level = finding.level().name().toLowerCase(Locale.ROOT);
    out.printf(
        "%-8s %s: %s%n", level, Text.printable(finding.subject()), Text.printable(finding.what()));
    if (finding.todo() != null) {
      out.println("         -> " + Text.printable(finding.todo()));
    }
  }
}
