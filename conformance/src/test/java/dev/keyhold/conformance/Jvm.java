package dev.keyhold.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Fresh JVMs and tools of the JDK that runs the tests. */
public final class Jvm {
  private static final Path HOME = Path.of(System.getProperty("java.home"));
  private static final long MINUTES = 3;

  private Jvm() {}

  /** What a process ended with; its output is that of both streams. */
  public record Result(int exitCode, String output) {
    /** The output of a process that ended well. */
    public String successful() {
      if (exitCode != 0) {
        throw new AssertionError("exit code " + exitCode + ":\n" + output);
      }
      return output;
    }
  }

  /** The folder of all jars; the test is skipped where {@code make dist} has not filled it. */
  public static Path distribution() {
    Path lib = Path.of(System.getProperty("keyhold.dist", "../dist")).resolve("lib").normalize();
    assumeTrue(Files.isDirectory(lib), "dist/lib is not there; make dist fills it");
    return lib.toAbsolutePath();
  }

  /** The jars of the distribution as a class path. */
  public static String classPath(Path lib) {
    return lib + "/*";
  }

  /** The same, jar by jar: the JDK's tools take no star. */
  public static String jars(Path lib) throws IOException {
    try (Stream<Path> files = Files.list(lib)) {
      return files
          .filter(Files::isRegularFile)
          .map(Path::toString)
          .sorted()
          .collect(Collectors.joining(File.pathSeparator));
    }
  }

  /** A program of the folder {@code programs}, as a source file that {@code java} runs. */
  public static Path program(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(Jvm.class.getResource("/programs/" + name), name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Runs {@code java}, {@code keytool} or another tool for a second or two, and waits for its end.
   * It does without the compiler that only long runs repay: that halves what it costs.
   */
  public static Result run(String tool, String... arguments)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>();
    all.add((tool.equals("java") ? "" : "-J") + "-XX:TieredStopAtLevel=1");
    all.addAll(Arrays.asList(arguments));
    return runLong(tool, all.toArray(String[]::new));
  }

  /** Runs {@code java} or a tool with much to do, and waits for its end. */
  public static Result runLong(String tool, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(HOME.resolve("bin").resolve(tool).toString());
    command.addAll(Arrays.asList(arguments));
    Path output = Files.createTempFile("keyhold-jvm", ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      process.getOutputStream().close(); // whoever asks for a password gets none
      if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError(tool + " did not end:\n" + Files.readString(output));
      }
      return new Result(
          process.exitValue(), new String(Files.readAllBytes(output), StandardCharsets.UTF_8));
    } finally {
      Files.delete(output);
    }
  }

  /**
   * An override file for {@code -Djava.security.properties}: the JDK's own providers with Keyhold
   * among them.
   *
   * @param position of Keyhold in the list, from 1
   */
  public static Path javaSecurity(Path folder, int position, Path configuration)
      throws IOException {
    List<String> providers = new ArrayList<>();
    for (Provider provider : Security.getProviders()) {
      if (provider.getClass().getModule().getLayer() != null) {
        providers.add(provider.getName());
      }
    }
    providers.add(
        Math.min(position - 1, providers.size()),
        "dev.keyhold.KeyholdProvider " + configuration.toAbsolutePath());
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < providers.size(); i++) {
      lines.add("security.provider." + (i + 1) + "=" + providers.get(i));
    }
    return Files.write(folder.resolve("java-" + position + ".security"), lines);
  }
}
