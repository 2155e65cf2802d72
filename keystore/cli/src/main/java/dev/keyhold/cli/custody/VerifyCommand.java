package dev.keyhold.cli.custody;

import dev.keyhold.admin.HostText;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.JsonOption;
import dev.keyhold.cli.command.Text;
import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.text.Values;
import dev.keyhold.custody.proof.verify.Finding;
import dev.keyhold.custody.proof.verify.LogSource;
import dev.keyhold.custody.proof.verify.LogVerifier;
import dev.keyhold.custody.proof.verify.VerifyReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Stack;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code custody verify}. */
@Command(
    name = "verify",
    description = {
      "Verifies the logs of custodians, trusting no machine that wrote or kept them.",
      "It checks the hashes, the chain of charters and each signature, judges every use again and"
          + " counts what each grant opened. Each finding is a line: its code, the log, the place"
          + " (the index of a leaf, the path of a file, or -) and what is wrong. A notice is no fault"
          + " of the log. docs/AUDIT.md explains the codes.",
      "It needs no configuration and no key."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all logs are whole; there may be notices",
      "1:there are findings",
      "2:a log can't be read, or wrong usage"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  keyhold custody verify --pin sha256:... a1",
      "  keyhold custody verify --pin sha256:... a1 --mirror /mnt/a1 b1 --mirror /mnt/b1 --json"
    })
public final class VerifyCommand implements Callable<Integer> {
  private final Context context;
  private final Map<Integer, Path> mirrors = new HashMap<>();
  @Spec private CommandSpec command;
  @Mixin private JsonOption json;

  @Option(
      names = "--pin",
      paramLabel = "HASH",
      required = true,
      description = "The id of version 1 of the charter, sha256:... .")
  private String pin;

  @Parameters(
      arity = "1..*",
      paramLabel = "FOLDER",
      description = "The folder of a log, or a copy of it.")
  private List<Path> folders = new ArrayList<>();

  @SuppressWarnings("UnusedVariable") // what it is given goes to mirrors
  @Option(
      names = "--mirror",
      paramLabel = "FOLDER",
      parameterConsumer = MirrorOfTheFolderBefore.class,
      description = "The mirror of the log whose folder stands before it.")
  private Path mirror;

  public VerifyCommand(Context context) {
    this.context = context;
  }

  /** Notes a mirror under the number of the folder that was read last. */
  static final class MirrorOfTheFolderBefore implements IParameterConsumer {
    @Override
    public void consumeParameters(Stack<String> arguments, ArgSpec option, CommandSpec command) {
      VerifyCommand verify = (VerifyCommand) command.userObject();
      int folder = verify.folders.size() - 1;
      if (arguments.isEmpty() || folder < 0 || verify.mirrors.containsKey(folder)) {
        throw new ParameterException(
            command.commandLine(),
            "--mirror FOLDER stands after the folder whose mirror it is, once");
      }
      verify.mirrors.put(folder, HostText.path(arguments.pop()));
    }
  }

  @Override
  public Integer call() {
    try {
      Values.hash(pin);
    } catch (ProofException e) {
      throw new ParameterException(command.commandLine(), "--pin: " + e.getMessage(), e);
    }
    List<LogSource> sources = new ArrayList<>();
    for (int i = 0; i < folders.size(); i++) {
      sources.add(new LogSource(folders.get(i), mirrors.get(i)));
    }
    VerifyReport report = LogVerifier.verify(pin, sources);
    for (String fault : report.unreadable()) {
      context.err().println("keyhold: " + Text.printable(fault));
    }
    if (json.isSet()) {
      context.out().println(JsonOption.write(View.of(report)));
    } else {
      print(report);
    }
    return report.exitCode();
  }

  private void print(VerifyReport report) {
    for (Finding finding : report.findings()) {
      if (!finding.isNotice()) {
        context.out().println(Text.printable(finding.toString()));
      }
    }
    for (Finding finding : report.findings()) {
      if (finding.isNotice()) {
        context.out().println("notice " + Text.printable(finding.toString()));
      }
    }
  }

  /** A report for programs; the names of the components are those of the JSON. */
  private record View(int exit, List<Line> findings, List<Line> notices, List<String> unreadable) {
    private record Line(String code, String origin, String place, String text) {}

    static View of(VerifyReport report) {
      return new View(
          report.exitCode(), lines(report, false), lines(report, true), report.unreadable());
    }

    private static List<Line> lines(VerifyReport report, boolean notices) {
      return report.findings().stream()
          .filter(finding -> finding.isNotice() == notices)
          .map(f -> new Line(f.code(), f.origin(), f.place(), f.text()))
          .toList();
    }
  }
}
