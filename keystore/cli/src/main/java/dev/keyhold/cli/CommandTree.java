package dev.keyhold.cli;

import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.Failures;
import dev.keyhold.cli.custody.CharterCheckCommand;
import dev.keyhold.cli.custody.CharterCommand;
import dev.keyhold.cli.custody.CharterDiffCommand;
import dev.keyhold.cli.custody.CharterExplainCommand;
import dev.keyhold.cli.custody.CharterInitCommand;
import dev.keyhold.cli.custody.CustodyCommand;
import dev.keyhold.cli.custody.PersonCommand;
import dev.keyhold.cli.custody.SignCommand;
import dev.keyhold.cli.custody.VerifyCommand;
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
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import picocli.CommandLine;

/**
 * Builds the command line with those commands only that the arguments name: to read the annotations
 * of all of them takes longer than most commands run. Where the arguments ask for help, name no
 * command or don't fit, all commands are there, as help and suggestions list them.
 */
final class CommandTree {
  private static final List<String> TOP =
      List.of(
          "keys",
          "keystore",
          "encrypt",
          "decrypt",
          "inspect",
          "rewrap",
          "explain",
          "doctor",
          "health",
          "custody",
          "providerpath",
          "java-security",
          "version");

  private static final List<String> KEYS =
      List.of(
          "list",
          "show",
          "create",
          "rotate",
          "disable",
          "enable",
          "destroy",
          "restore",
          "purge",
          "password",
          "upgrade",
          "restore-alias");

  private static final List<String> CUSTODY = List.of("verify", "charter", "person", "sign");

  private static final List<String> CHARTER = List.of("init", "check", "explain", "diff");

  private final Context context;
  private final List<String> arguments;

  private CommandTree(Context context, List<String> arguments) {
    this.context = context;
    this.arguments = arguments;
  }

  /** Executes a command and returns its exit code. */
  static int execute(Context context, String... arguments) {
    Optional<CommandTree> named = named(context, arguments);
    return named.isEmpty()
        ? complete(context).execute(arguments)
        : named.get().executeNamed(arguments);
  }

  private int executeNamed(String... given) {
    AtomicBoolean begun = new AtomicBoolean();
    Failures failures = new Failures(context);
    return build()
        .setExecutionStrategy(
            command -> {
              begun.set(true);
              return context.execute(command);
            })
        .setParameterExceptionHandler(
            (failure, all) ->
                begun.get() // else a part of the command may be done
                    ? failures.handleParseException(failure, all)
                    : complete(context).execute(given))
        .execute(given);
  }

  /** Returns the command line with all commands, for one execution. */
  static CommandLine complete(Context context) {
    return new CommandTree(context, List.of()).build();
  }

  /** Returns the commands that the arguments name; empty where all may be needed. */
  private static Optional<CommandTree> named(Context context, String... arguments) {
    List<String> given = Arrays.asList(arguments);
    return given.stream().anyMatch(CommandTree::mayNeedAll)
            || given.stream().noneMatch(TOP::contains)
        ? Optional.empty()
        : Optional.of(new CommandTree(context, given));
  }

  /**
   * Returns whether an argument asks for help, perhaps among other options, or stands for more of
   * them.
   */
  private static boolean mayNeedAll(String argument) {
    return argument.equals("--help")
        || argument.startsWith("@")
        || (argument.startsWith("-") && !argument.startsWith("--") && argument.indexOf('h') > 0);
  }

  private CommandLine build() {
    CommandLine all = new CommandLine(new Main());
    for (String name : of(TOP)) {
      all.addSubcommand(name, command(name));
    }
    return context.prepare(all);
  }

  /** Returns those of the names that the arguments have; all where they have none. */
  private List<String> of(List<String> names) {
    return names.stream().noneMatch(arguments::contains)
        ? names
        : names.stream().filter(arguments::contains).toList();
  }

  private Object command(String name) {
    return switch (name) {
      case "keys" -> group(new KeysCommand(), KEYS, this::keysCommand);
      case "keystore" ->
          new CommandLine(new KeystoreCommand())
              .addSubcommand("export", new KeystoreExportCommand(context));
      case "encrypt" -> new EncryptCommand(context);
      case "decrypt" -> new DecryptCommand(context);
      case "inspect" -> new InspectCommand(context);
      case "rewrap" -> new RewrapCommand(context);
      case "explain" -> new ExplainCommand(context);
      case "doctor" -> new DoctorCommand(context);
      case "health" -> new HealthCommand(context);
      case "custody" -> group(new CustodyCommand(), CUSTODY, this::custodyCommand);
      case "providerpath" -> new ProviderPathCommand(context);
      case "java-security" -> new JavaSecurityCommand(context);
      case "version" -> new VersionCommand(context);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private CommandLine group(Object group, List<String> names, Function<String, Object> command) {
    CommandLine commands = new CommandLine(group);
    for (String name : of(names)) {
      commands.addSubcommand(name, command.apply(name));
    }
    return commands;
  }

  private Object keysCommand(String name) {
    return switch (name) {
      case "list" -> new KeysListCommand(context);
      case "show" -> new KeysShowCommand(context);
      case "create" -> new KeysCreateCommand(context);
      case "rotate" -> new KeysRotateCommand(context);
      case "disable" -> new KeysDisableCommand(context);
      case "enable" -> new KeysEnableCommand(context);
      case "destroy" -> new KeysDestroyCommand(context);
      case "restore" -> new KeysRestoreCommand(context);
      case "purge" -> new KeysPurgeCommand(context);
      case "password" -> new KeysPasswordCommand(context);
      case "upgrade" -> new KeysUpgradeCommand(context);
      case "restore-alias" -> new KeysRestoreAliasCommand(context);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private Object custodyCommand(String name) {
    return switch (name) {
      case "verify" -> new VerifyCommand(context);
      case "person" -> new PersonCommand(context);
      case "sign" -> new SignCommand(context);
      case "charter" -> group(new CharterCommand(), CHARTER, this::charterCommand);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private Object charterCommand(String name) {
    return switch (name) {
      case "init" -> new CharterInitCommand(context);
      case "check" -> new CharterCheckCommand(context);
      case "explain" -> new CharterExplainCommand(context);
      case "diff" -> new CharterDiffCommand(context);
      default -> throw new IllegalArgumentException(name);
    };
  }
}
