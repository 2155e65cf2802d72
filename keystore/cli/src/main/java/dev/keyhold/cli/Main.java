package dev.keyhold.cli;

import dev.keyhold.admin.HostText;
import dev.keyhold.cli.command.Context;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of Keyhold. */
@Command(
    name = "keyhold",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = VersionCommand.Line.class,
    description = {
      "Manages keys in HSMs, cloud KMSs and encrypted key files, and encrypts files with them.",
      "Java applications reach the same keys through the JDK's own API."
    },
    optionListHeading = "%nOptions, before or after the command:%n",
    commandListHeading = "%nCommands (keyhold COMMAND --help says more):%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:failed, or refused: an object that does not open, a key that is not there",
      "2:wrong usage",
      "3:the configuration, a password or a PIN is missing or wrong",
      "4:the backend denies this use of the key",
      "5:the backend is out of reach"
    },
    footerHeading = "%nThe first minutes:%n",
    footer = {
      "  cat > keyhold.properties <<END",
      "  backend.local.type     = software",
      "  backend.local.file     = keys.keyhold",
      "  backend.local.password = env:KEYHOLD_PASSWORD",
      "  key.*                  = local",
      "  END",
      "  export KEYHOLD_CONFIG=$PWD/keyhold.properties",
      "  read -rs KEYHOLD_PASSWORD && export KEYHOLD_PASSWORD",
      "  keyhold keys create orders",
      "  keyhold encrypt --key orders report.pdf report.pdf.keyhold",
      "  keyhold inspect report.pdf.keyhold",
      "  keyhold decrypt --key orders report.pdf.keyhold report-again.pdf"
    })
public final class Main {
  @SuppressWarnings("UnusedVariable") // read by picocli
  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version and exit.")
  private boolean version;

  Main() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] arguments) {
    System.exit(run(HostText.arguments(arguments)));
  }

  /** Runs one command on the streams of the process, and returns its exit code. */
  static int run(String... arguments) {
    return CommandTree.execute(Context.ofProcess(), arguments);
  }
}
