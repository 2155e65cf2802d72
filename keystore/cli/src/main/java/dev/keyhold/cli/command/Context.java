package dev.keyhold.cli.command;

import dev.keyhold.KeyholdScope;
import dev.keyhold.admin.HostText;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/**
 * The state that all commands share: the streams of the process, and the options that every command
 * has.
 */
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

  /** Returns the streams of this process. */
  public static Context ofProcess() {
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT); // the texts are English
    Terminal terminal = Terminal.ofProcess();
    return new Context(System.in, readable(System.out), readable(System.err), terminal);
  }

  /** Returns a stream of the process; in the POSIX locale it would show names as question marks. */
  private static PrintStream readable(PrintStream stream) {
    // from JDK 18 on, the default charset is not that of the streams
    String charset = System.getProperty("stdout.encoding", Charset.defaultCharset().name());
    return Charset.forName(charset).newEncoder().canEncode('\u00e9')
        ? stream
        : new PrintStream(stream, true, StandardCharsets.UTF_8);
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

  /** Returns the configuration file that was named in one of the three ways. */
  public Path requireConfig() throws CommandFailure {
    String config = requireConfigName();
    try {
      return HostText.path(config);
    } catch (InvalidPathException e) {
      throw new CommandFailure(
          ExitCode.CONFIGURATION, "not a path of a configuration file: " + e.getMessage(), e);
    }
  }

  /** Returns the configuration file, as it was named. */
  String requireConfigName() throws CommandFailure {
    return Optional.ofNullable(config)
        .or(() -> HostText.property("keyhold.config").flatMap(Context::given))
        .or(() -> HostText.variable("KEYHOLD_CONFIG").flatMap(Context::given))
        .orElseThrow(
            () ->
                new CommandFailure(
                    ExitCode.CONFIGURATION,
                    "no configuration: give --config FILE or set KEYHOLD_CONFIG"));
  }

  private static Optional<String> given(String path) {
    return Optional.ofNullable(path).filter(text -> !text.isBlank());
  }

  /** Gives a command line the common options, these streams, and one way to report failures. */
  public CommandLine prepare(CommandLine commands) {
    Failures failures = new Failures(this);
    OptionValues.register(commands);
    return commands
        .addMixin("context", this)
        .setOut(outWriter())
        .setErr(errWriter())
        .registerConverter(Path.class, HostText::path)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpLongOptionsMaxWidth(24)
        .setExecutionStrategy(this::execute)
        .setParameterExceptionHandler(failures)
        .setExecutionExceptionHandler(failures);
  }

  /** Runs the command that was given, with its log on the error stream if that was asked for. */
  public int execute(ParseResult command) {
    try (LogLines log = LogLines.open()) {
      if (verbose) {
        log.showOn(err, "keyhold: ");
      }
      Optional<KeyholdScope> declared = DeclaredOptions.of(command);
      AtomicInteger code = new AtomicInteger();
      Runnable run = () -> code.set(new CommandLine.RunLast().execute(command));
      declared.ifPresentOrElse(scope -> scope.run(run), run);
      return code.get();
    } finally {
      out.flush();
    }
  }
}
