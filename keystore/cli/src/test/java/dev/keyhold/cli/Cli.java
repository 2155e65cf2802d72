package dev.keyhold.cli;

import dev.keyhold.cli.command.Context;
import dev.keyhold.cli.command.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Runs commands on the software backend, in this process, with captured streams. */
public final class Cli {
  /** What must never be seen in any output. */
  public static final String PASSWORD = "correct-horse-battery";

  private final Path folder;
  private byte[] input = new byte[0];
  private String typed;
  private final Deque<String> answers = new ArrayDeque<>();
  private boolean terminal;

  /** What a command did. */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  public record Result(int code, byte[] bytes, String err) {
    public String out() {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private Cli(Path folder) {
    this.folder = folder;
  }

  /** With a key file in a folder and its password in a file. */
  public static Cli in(Path folder) throws IOException {
    Cli cli = new Cli(folder);
    Files.writeString(folder.resolve("password.txt"), PASSWORD);
    cli.configure("backend.local.password = file:password.txt");
    return cli;
  }

  /** Replaces what the configuration has beside the backend's file and the routing. */
  public Cli configure(String lines) throws IOException {
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

  public Path config() {
    return folder.resolve("keyhold.properties");
  }

  /** What the next commands read from standard input. */
  public Cli input(byte[] bytes) {
    input = bytes.clone();
    return this;
  }

  /** What is typed when a password is asked for. */
  public Cli type(String password) {
    typed = password;
    return this;
  }

  /** What is typed when a line is asked for, one after the other; then there is no terminal. */
  public Cli answer(String... lines) {
    answers.clear();
    answers.addAll(List.of(lines));
    return this;
  }

  /** Makes the error stream a terminal. */
  public Cli onTerminal() {
    terminal = true;
    return this;
  }

  public String path(String name) {
    return folder.resolve(name).toString();
  }

  public Result run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--config", config().toString()));
    return runBare(all.toArray(String[]::new));
  }

  /** Runs without a configuration. */
  public Result runBare(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Context context =
        new Context(
            new ByteArrayInputStream(input),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8),
            new Stub());
    int code = CommandTree.execute(context, arguments);
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

    @Override
    public Optional<String> ask(String prompt) {
      return Optional.ofNullable(answers.poll());
    }
  }
}
