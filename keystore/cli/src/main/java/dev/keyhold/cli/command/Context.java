package dev.keyhold.cli.command;

import dev.keyhold.platform.FileNames;
import dev.keyhold.platform.ProcessText;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/** What all commands share: the streams of the process, and the options that every command has. */
public final class Context {
  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;
  private final Terminal terminal;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "The configuration; else -Dkeyhold.config, else KEYHOLD_CONFIG.")
  private String config;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show log and causes of a failure.")
  private boolean verbose;

  @SuppressWarnings("UnusedVariable") // read by picocli
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help, or that of the command, and exit.")
  private boolean help;

  public Context(InputStream in, PrintStream out, PrintStream err, Terminal terminal) {
    this.in = in;
    this.out = out;
    this.err = err;
    this.terminal = terminal;
  }

  public InputStream in() {
    return in;
  }

  public PrintStream out() {
    return out;
  }

  public PrintStream err() {
    return err;
  }

  public Terminal terminal() {
    return terminal;
  }

  public boolean verbose() {
    return verbose;
  }

  public PrintWriter outWriter() {
    return new PrintWriter(out, true, StandardCharsets.UTF_8);
  }

  public PrintWriter errWriter() {
    return new PrintWriter(err, true, StandardCharsets.UTF_8);
  }

  /** The configuration file that was named in one of the three ways. */
  public Path requireConfig() throws CommandFailure {
    String config = requireConfigName();
    try {
      return FileNames.path(config);
    } catch (InvalidPathException e) {
      throw new CommandFailure(
          ExitCode.CONFIGURATION, "not a path of a configuration file: " + e.getMessage(), e);
    }
  }

  /** The configuration file, as it was named. */
  String requireConfigName() throws CommandFailure {
    ProcessText process = ProcessText.ofThisProcess();
    return Optional.ofNullable(config)
        .or(() -> process.property("keyhold.config").flatMap(Context::given))
        .or(() -> given(process.environment().get("KEYHOLD_CONFIG")))
        .orElseThrow(
            () ->
                new CommandFailure(
                    ExitCode.CONFIGURATION,
                    "no configuration: give --config FILE or set KEYHOLD_CONFIG"));
  }

  private static Optional<String> given(String path) {
    return Optional.ofNullable(path).filter(text -> !text.isBlank());
  }

  /** Runs the command that was given, with its log on the error stream if that was asked for. */
  public int execute(ParseResult command) {
    try (LogLines log = LogLines.open()) {
      if (verbose) {
        log.showOn(err, "keyhold: ");
      }
      return new CommandLine.RunLast().execute(command);
    } finally {
      out.flush();
    }
  }
}
