package dev.keyhold.conformance.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.keyhold.conformance.Jvm;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A folder like the top of the repository after {@code make dist}, in which bash runs what a page
 * shows. The test is skipped where dist/ is not there. Used by one thread.
 */
final class PageShell {
  private static final String PASSWORD = "a password for a test";
  private final Path folder;

  PageShell(Path folder) throws IOException {
    this.folder = folder;
    Files.createSymbolicLink(folder.resolve("dist"), Jvm.distribution().getParent());
    Files.createSymbolicLink(
        folder.resolve("conformance"), Path.of("").toAbsolutePath().normalize());
  }

  void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }

  /** Runs lines one after the other until one fails, which fails the test; returns the output. */
  String run(String script) throws IOException, InterruptedException {
    Path output = Files.createTempFile(folder, "output", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-e", "-o", "pipefail", "-c", script)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    Path jdk = Path.of(System.getProperty("java.home"));
    Map<String, String> environment = builder.environment();
    environment.put(
        "PATH",
        String.join(
            File.pathSeparator,
            jdk.resolve("bin").toString(),
            folder.resolve("dist/bin").toString(),
            Path.of(".venv/bin").toAbsolutePath().toString(),
            System.getenv("PATH")));
    environment.put("JAVA_HOME", jdk.toString());
    environment.put("KEYHOLD_CONFIG", "keyhold.properties");
    environment.put("KEYHOLD_PASSWORD", PASSWORD);
    Process process = builder.start();
    process.getOutputStream().close();
    int exitCode = process.waitFor();
    String text = Files.readString(output, StandardCharsets.UTF_8);
    assertEquals(0, exitCode, text);
    return text;
  }
}
