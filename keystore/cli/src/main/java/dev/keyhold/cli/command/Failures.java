package dev.keyhold.cli.command;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.ConfigurationException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.security.GeneralSecurityException;
import java.security.ProviderException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells of a failure in one line; with {@code --verbose}, of its causes in further ones. */
public final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
  private final Context context;

  public Failures(Context context) {
    this.context = context;
  }

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult result) {
    PrintStream err = context.err();
    if (isJson(result)) {
      err.println(JsonOption.write(new Told(explain(failure), ExitCode.of(failure))));
      return ExitCode.of(failure);
    }
    err.println("keyhold: " + Text.printable(explain(failure)));
    if (context.verbose()) {
      printCauses(failure, err);
      if (isUnexpected(failure)) {
        failure.printStackTrace(err);
      }
    }
    return ExitCode.of(failure);
  }

  /** A failure for programs; the names of the components are those of the JSON. */
  private record Told(String error, int exitCode) {}

  private static boolean isJson(ParseResult result) {
    ParseResult command = result;
    while (command.hasSubcommand()) {
      command = command.subcommand();
    }
    return command.hasMatchedOption(JsonOption.NAME);
  }

  /** Leaves out a cause that only repeats what stands above it. */
  private static void printCauses(Throwable failure, PrintStream err) {
    String above = String.valueOf(failure.getMessage());
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      if (cause.getMessage() == null || !above.endsWith(cause.getMessage())) {
        err.println("  caused by " + Text.printable(cause.toString()));
        above = String.valueOf(cause.getMessage());
      }
    }
  }

  @Override
  public int handleParseException(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    if (List.of(arguments).contains(JsonOption.NAME)) {
      context.err().println(JsonOption.write(new Told(failure.getMessage(), ExitCode.USAGE)));
      return ExitCode.USAGE;
    }
    String message = Text.printable(failure.getMessage());
    context.err().println("keyhold: " + message + " (see " + name + " --help)");
    boolean suggested = UnmatchedArgumentException.printSuggestions(failure, command.getErr());
    if (!suggested && !command.getSubcommands().isEmpty()) {
      context.err().println("  commands: " + String.join(", ", command.getSubcommands().keySet()));
    }
    return ExitCode.USAGE;
  }

  private static String explain(Exception failure) {
    if (failure instanceof FileSystemException file) {
      return explain(file);
    }
    return isUnexpected(failure) || failure.getMessage() == null
        ? "unexpected failure: " + failure + " (--verbose says where)"
        : failure.getMessage();
  }

  /** Explains a failure of the file system, whose message is often only the path. */
  private static String explain(FileSystemException failure) {
    String path = failure.getFile();
    if (failure instanceof NoSuchFileException) {
      return path + " does not exist";
    }
    if (failure instanceof AccessDeniedException) {
      return path
          + (failure.getReason() == null
              ? " may not be read or written by this user"
              : ": " + failure.getReason());
    }
    if (failure instanceof FileAlreadyExistsException) {
      return path + " exists already; --force replaces it";
    }
    return failure.getReason() == null ? failure.getMessage() : path + ": " + failure.getReason();
  }

  private static boolean isUnexpected(Exception failure) {
    return !(failure instanceof CommandFailure
        || failure instanceof BackendException
        || failure instanceof ConfigurationException
        || failure instanceof ProviderException
        || failure instanceof GeneralSecurityException
        || failure instanceof IOException);
  }
}
