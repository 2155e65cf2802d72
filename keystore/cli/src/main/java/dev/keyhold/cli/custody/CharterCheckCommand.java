package dev.keyhold.cli.custody;

import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.cli.command.JsonOption;
import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.charter.CharterCheck;
import dev.keyhold.custody.proof.charter.Threshold;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code custody charter check}. */
@Command(
    name = "check",
    description = {
      "Checks a charter before people sign it.",
      "An error is what custodians refuse. Else it shows the least number of people by which each"
          + " workload opens each key, with the rule: a purpose and a ticket are what the workload says,"
          + " so the weakest rule that it can reach is what protects the key. A warning is what is"
          + " allowed but may not be meant."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  keyhold custody charter check charter.txt",
      "  keyhold custody charter check charter.note --json | jq '.thresholds[].people'"
    })
public final class CharterCheckCommand implements Callable<Integer> {
  private final Context context;
  @Mixin private JsonOption json;

  @Parameters(paramLabel = "FILE", description = "The charter: a draft, or signed.")
  private Path file;

  public CharterCheckCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws CommandFailure, IOException {
    Charter charter = CharterFile.read(file);
    CharterCheck check = CharterCheck.of(charter);
    if (json.isSet()) {
      context.out().println(JsonOption.write(View.of(charter, check)));
      return ExitCode.OK;
    }
    context.out().println("charter %s, version %s".formatted(charter.name(), charter.version()));
    context.out().println("%s %s".formatted(idName(charter), charter.id()));
    for (Threshold threshold : check.thresholds()) {
      context.out().println(threshold);
      context.out().println("  " + threshold.rule());
    }
    if (check.thresholds().isEmpty()) {
      context.out().println("no workload opens any key");
    }
    check.warnings().forEach(warning -> context.out().println("warning: " + warning));
    return ExitCode.OK;
  }

  private static String idName(Charter charter) {
    return charter.version() == 1 ? "id, which is the pin," : "id";
  }

  /** A checked charter for programs; the names of the components are those of the JSON. */
  private record View(
      String name, int version, String id, List<Least> thresholds, List<String> warnings) {
    private record Least(
        String workload, String key, int people, int rule, String line, String text) {}

    static View of(Charter charter, CharterCheck check) {
      return new View(
          charter.name(),
          charter.version(),
          charter.id(),
          check.thresholds().stream().map(View::least).toList(),
          check.warnings());
    }

    private static Least least(Threshold threshold) {
      return new Least(
          threshold.workload(),
          threshold.key(),
          threshold.people(),
          threshold.rule().number(),
          threshold.rule().toString(),
          threshold.toString());
    }
  }
}
