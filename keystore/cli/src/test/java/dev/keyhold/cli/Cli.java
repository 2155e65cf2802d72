package dev.keyhold.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs commands on the software backend, in this process, with captured streams. */
final class Cli {
  /** What must never be seen in any output. */
  static final String PASSWORD = "correct-horse-battery";

  private final Path folder;
  private byte[] input = new byte[0];
  private String typed;
  private boolean terminal;

  /** What a command did. */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  record Result(int code, byte[] bytes, String err) {
    String out() {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private Cli(Path folder) {
    this.folder = folder;
  }

  /** With a key file in a folder and its password in a file. */
  static Cli in(Path folder) throws IOException {
    Cli cli = new Cli(folder);
    Files.writeString(folder.resolve("password.txt"), PASSWORD);
    cli.configure("backend.local.password = file:password.txt");
    return cli;
  }

  /** Replaces what the configuration has beside the backend's file and the routing. */
  Cli configure(String lines) throws IOException {
    Files.writeString(
        config(),
        """
        backend.local.type = software
        backend.local.file = keys.keyhold
        key.* = local
        %s
        """
            .formatted(lines));
    return this;
  }

  Path config() {
    return folder.resolve("keyhold.properties");
  }

  /** What the next commands read from standard input. */
  Cli input(byte[] bytes) {
    input = bytes.clone();
    return this;
  }

  /** What is typed when a password is asked for. */
  Cli type(String password) {
    typed = password;
    return this;
  }

  /** Makes the error stream a terminal. */
  Cli onTerminal() {
    terminal = true;
    return this;
  }

  String path(String name) {
    return folder.resolve(name).toString();
  }

  Result run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--config", config().toString()));
    return runBare(all.toArray(String[]::new));
  }

  /** Runs without a configuration. */
  Result runBare(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Context context =
        new Context(
            new ByteArrayInputStream(input),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8),
            new Stub());
    int code = Main.commandLine(context).execute(arguments);
    context.err().flush();
    return new Result(code, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
  }

  private final class Stub implements Terminal {
    @Override
    public boolean showsOutput() {
      return terminal;
    }

    @Override
    public boolean showsErrors() {
      return terminal;
    }

    @Override
    public Optional<char[]> askSecret(String prompt) {
      return Optional.ofNullable(typed).map(String::toCharArray);
    }
  }
}
