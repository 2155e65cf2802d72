package dev.keyhold.conformance.kubernetes;

import dev.keyhold.conformance.Jvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The files of a pod's container below a folder, as its image and its volumes lay them out, and
 * commands that run with them. Paths in the environment lead below the folder too.
 */
final class Container {
  private static final long MINUTES = 3;

  private final Path root;
  private final Map<String, String> environment;

  /**
   * Lays out the files.
   *
   * @param identity whether the image has what the Dockerfile's last stage adds
   */
  Container(Path root, Pod pod, boolean identity) throws IOException {
    this.root = root;
    environment = new TreeMap<>(pod.environment());
    environment.computeIfPresent("KEYHOLD_CONFIG", (name, file) -> root + file);
    pod.layOut(root);
    Path keyhold = root.resolve("opt/keyhold");
    copy(Jvm.distribution(), keyhold.resolve("lib"));
    copy(Jvm.distribution().resolveSibling("bin"), keyhold.resolve("bin"));
    if (identity) {
      Path jars = Path.of(System.getProperty("keyhold.aws-identity", "target/aws-identity"));
      copy(jars, keyhold.resolve("lib"));
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }

  /** Sets a variable of the container's environment. */
  Container with(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** Runs a command of the image; waits for its end. */
  Jvm.Result run(List<String> command) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(command);
    all.set(0, root.resolve("opt/keyhold/bin").resolve(command.get(0)).toString());
    Path output = Files.createTempFile(root, "output", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(all).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().keySet().removeIf(name -> name.matches("(AWS|KEYHOLD)_.*"));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError(command + " did not end:\n" + Files.readString(output));
    }
    return new Jvm.Result(
        process.exitValue(), new String(Files.readAllBytes(output), StandardCharsets.UTF_8));
  }
}
