package dev.keyhold.cli;

import dev.keyhold.admin.HostText;
import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.doctor.DoctorCommand;
import dev.keyhold.cli.doctor.HealthCommand;
import dev.keyhold.cli.explain.ExplainCommand;
import dev.keyhold.cli.keys.KeysCommand;
import dev.keyhold.cli.keys.KeysCreateCommand;
import dev.keyhold.cli.keys.KeysDestroyCommand;
import dev.keyhold.cli.keys.KeysDisableCommand;
import dev.keyhold.cli.keys.KeysEnableCommand;
import dev.keyhold.cli.keys.KeysListCommand;
import dev.keyhold.cli.keys.KeysPasswordCommand;
import dev.keyhold.cli.keys.KeysPurgeCommand;
import dev.keyhold.cli.keys.KeysRestoreAliasCommand;
import dev.keyhold.cli.keys.KeysRestoreCommand;
import dev.keyhold.cli.keys.KeysRotateCommand;
import dev.keyhold.cli.keys.KeysShowCommand;
import dev.keyhold.cli.keys.KeysUpgradeCommand;
import dev.keyhold.cli.keys.KeystoreCommand;
import dev.keyhold.cli.keys.KeystoreExportCommand;
import dev.keyhold.cli.object.DecryptCommand;
import dev.keyhold.cli.object.EncryptCommand;
import dev.keyhold.cli.object.InspectCommand;
import dev.keyhold.cli.object.RewrapCommand;
import picocli.CommandLine;
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

  private Main() {}

  /** Runs one command and exits with its code. */
  public static void main(String[] arguments) {
    System.exit(run(HostText.arguments(arguments)));
  }

  /** Runs one command on the streams of the process, and returns its exit code. */
  static int run(String... arguments) {
    return commandLine(Context.ofProcess()).execute(arguments);
  }

  /** The whole command line, for one execution. */
  static CommandLine commandLine(Context context) {
    CommandLine keys =
        new CommandLine(new KeysCommand())
            .addSubcommand(new KeysListCommand(context))
            .addSubcommand(new KeysShowCommand(context))
            .addSubcommand(new KeysCreateCommand(context))
            .addSubcommand(new KeysRotateCommand(context))
            .addSubcommand(new KeysDisableCommand(context))
            .addSubcommand(new KeysEnableCommand(context))
            .addSubcommand(new KeysDestroyCommand(context))
            .addSubcommand(new KeysRestoreCommand(context))
            .addSubcommand(new KeysPurgeCommand(context))
            .addSubcommand(new KeysPasswordCommand(context))
            .addSubcommand(new KeysUpgradeCommand(context))
            .addSubcommand(new KeysRestoreAliasCommand(context));
    CommandLine keystore =
        new CommandLine(new KeystoreCommand()).addSubcommand(new KeystoreExportCommand(context));
    CommandLine all =
        new CommandLine(new Main())
            .addSubcommand(keys)
            .addSubcommand(keystore)
            .addSubcommand(new EncryptCommand(context))
            .addSubcommand(new DecryptCommand(context))
            .addSubcommand(new InspectCommand(context))
            .addSubcommand(new RewrapCommand(context))
            .addSubcommand(new ExplainCommand(context))
            .addSubcommand(new DoctorCommand(context))
            .addSubcommand(new HealthCommand(context))
            .addSubcommand(new ProviderPathCommand(context))
            .addSubcommand(new JavaSecurityCommand(context))
            .addSubcommand(new VersionCommand(context));
    return context.prepare(all);
  }
}
