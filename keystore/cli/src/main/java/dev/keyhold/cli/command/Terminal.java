package dev.keyhold.cli.command;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** The terminal of the user who runs a command, if there is one. */
public interface Terminal {
  /** Returns whether standard output goes to a terminal. */
  boolean showsOutput();

  /** Returns whether the error stream goes to a terminal. */
  boolean showsErrors();

  /**
   * Asks for a password, which is not shown.
   *
   * @return empty without a terminal; the caller zeroes it
   */
  Optional<char[]> askSecret(String prompt);

  /**
   * Asks for a line, which is shown while it is typed.
   *
   * @return empty without a terminal
   */
  Optional<String> ask(String prompt);

  /** Returns the terminal of this process, if it has one. */
  static Terminal ofProcess() {
    return new OfProcess();
  }

  /** The terminal of this process, according to the operating system and {@link Console}. */
  final class OfProcess implements Terminal {
    /** Linux says there where each stream goes; {@link Console} looks at input and output only. */
    private static final Path STREAMS = Path.of("/proc/self/fd");

    private static final Pattern DEVICE = Pattern.compile("/dev/(pts/|tty|console).*");

    private OfProcess() {
      // The console of JDK 22 to 24 is there with redirected streams too, unless told otherwise.
      System.setProperty("jdk.console", "java.base");
    }

    @Override
    public boolean showsOutput() {
      return shows("1");
    }

    @Override
    public boolean showsErrors() {
      return shows("2");
    }

    private static boolean shows(String stream) {
      try {
        String device = Files.readSymbolicLink(STREAMS.resolve(stream)).toString();
        return DEVICE.matcher(device).matches();
      } catch (IOException | UnsupportedOperationException e) {
        return console().isPresent();
      }
    }

    @Override
    public Optional<char[]> askSecret(String prompt) {
      return console().map(console -> console.readPassword("%s", prompt));
    }

    @Override
    public Optional<String> ask(String prompt) {
      return console().map(console -> console.readLine("%s", prompt));
    }

    @SuppressWarnings("SystemConsoleNull") // the constructor chose a console that may be null
    private static Optional<Console> console() {
      return Optional.ofNullable(System.console());
    }
  }
}
