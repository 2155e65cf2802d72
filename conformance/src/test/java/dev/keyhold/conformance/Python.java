package dev.keyhold.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs the independent decryptor and other programs in Python; the test is skipped where the venv
 * is not installed.
 */
public final class Python {
  private static final Path INTERPRETER =
      Path.of(System.getProperty("keyhold.python", ".venv/bin/python"));
  private static final Path PROGRAM =
      Path.of(System.getProperty("keyhold.root", "..")).resolve("conformance/python");

  private Python() {}

  /**
   * What a run ended with.
   *
   * @param output standard output
   * @param errors standard error, as text
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  public record Result(int exitCode, byte[] output, String errors) {}

  /** Decrypts. */
  public static Result decrypt(
      Map<String, String> environment, String input, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>();
    all.add(program("keyhold_decrypt.py"));
    all.addAll(arguments);
    return run(environment, input, all);
  }

  /** Returns the path of a program, or of a folder, in conformance/python. */
  public static String program(String name) {
    return PROGRAM.resolve(name).toString();
  }

  /** Runs the interpreter. */
  public static Result run(Map<String, String> environment, String input, List<String> arguments)
      throws IOException, InterruptedException {
    assumeTrue(
        Files.isExecutable(INTERPRETER),
        "the Python venv with the packages of requirements.txt is not there; make test makes it");
    List<String> command = new ArrayList<>();
    command.add(INTERPRETER.toString());
    command.addAll(arguments);
    Path errors = Files.createTempFile("keyhold-python", ".txt");
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      try (OutputStream in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.US_ASCII));
      }
      byte[] output = process.getInputStream().readAllBytes();
      return new Result(process.waitFor(), output, Files.readString(errors));
    } finally {
      Files.delete(errors);
    }
  }
}
