package dev.keyhold.conformance.clients;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.keyhold.conformance.Jvm;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A server that runs in a JVM of its own, on the class path of an application. It prints {@code
 * PORT} and its port when it serves, and ends when its input does.
 */
final class ApplicationJvm implements AutoCloseable {
  private static final int START_SECONDS = 120;

  private final Process process;
  private final int port;

  private ApplicationJvm(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Of a folder in {@code conformance/apps}; the test is skipped where it was not resolved. */
  static String classPath(String application) throws IOException {
    Path file = folder(application).resolve("target").resolve("class-path.txt");
    assumeTrue(Files.exists(file), file + " is not there; make apps makes it");
    return Files.readString(file).strip();
  }

  /** The folder of an application in {@code conformance/apps}. */
  static Path folder(String application) {
    return Path.of(System.getProperty("keyhold.root", ".."), "conformance", "apps", application);
  }

  /** The version of a library on a class path. */
  static String version(String classPath, String artifact) {
    for (String jar : classPath.split(File.pathSeparator, -1)) {
      String name = Path.of(jar).getFileName().toString();
      if (name.matches(artifact + "-[0-9].*\\.jar")) {
        return name.substring(artifact.length() + 1, name.length() - ".jar".length());
      }
    }
    throw new AssertionError(artifact + " is not on the class path");
  }

  /** Runs a test program on an application's class path to its end. */
  static String run(
      String application, Path configuration, String program, List<String> options, Path folder)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(options);
    arguments.add("-Dkeyhold.config=" + configuration);
    arguments.addAll(List.of("-cp", classPath(application)));
    arguments.addAll(List.of(Jvm.program(program).toString(), folder.toString()));
    return Jvm.run("java", arguments.toArray(String[]::new)).successful();
  }

  /** Starts a server. */
  static ApplicationJvm start(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    AtomicBoolean started = new AtomicBoolean();
    CompletableFuture.delayedExecutor(START_SECONDS, TimeUnit.SECONDS)
        .execute(() -> endUnlessStarted(process, started));
    StringBuilder before = new StringBuilder();
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith("PORT ")) {
        started.set(true);
        drain(output);
        return new ApplicationJvm(process, Integer.parseInt(line.substring("PORT ".length())));
      }
      before.append(line).append('\n');
    }
    process.destroyForcibly();
    throw new AssertionError("the application does not start:\n" + before);
  }

  private static void endUnlessStarted(Process process, AtomicBoolean started) {
    if (!started.get()) {
      process.destroyForcibly();
    }
  }

  private static void drain(BufferedReader output) {
    Thread reader =
        new Thread(
            () -> {
              try {
                while (output.readLine() != null) {
                  // what a server logs must not block it
                }
              } catch (IOException e) {
                // it has ended
              }
            });
    reader.setDaemon(true);
    reader.start();
  }

  int port() {
    return port;
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
