package dev.keyhold.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JVMs that nobody observes, or nobody can. */
class FreshJvmTest {
  @TempDir Path folder;
  private Path configuration;

  @BeforeEach
  void configure() throws IOException {
    configuration = folder.resolve("keyhold.properties");
    Files.writeString(
        configuration,
        "backend.b.type = fake\nbackend.b.remote = yes\nkey.orders = b\nkey.orders.data-keys = epoch\n");
  }

  /** As keytool and jarsigner start. */
  @Test
  void nothingIsMissedWithoutTheModuleOfFlightRecorder() throws Exception {
    String output = run("--limit-modules", "java.base,java.logging");
    assertTrue(output.contains("an object of "), output);
    assertFalse(output.contains("observes Keyhold no more"), output);
  }

  /** Its events would cost the first use of a key some tenths of a second. */
  @Test
  void flightRecorderIsNotInitialisedForNothing() throws Exception {
    Path log = folder.resolve("classes.txt");
    String output = run("-Xlog:class+load:file=" + log);
    assertTrue(output.contains("an object of "), output);
    List<String> loaded = Files.readAllLines(log);
    assertTrue(loaded.stream().anyMatch(line -> line.contains("observe.JfrObserver ")));
    assertEquals(
        List.of(),
        loaded.stream()
            .filter(line -> line.contains("MetadataRepository") || line.contains("JfrEvents"))
            .toList());
  }

  @Test
  void aRecordingFromTheStartHasItsEvents() throws Exception {
    Path file = folder.resolve("events.jfr");
    run("-XX:StartFlightRecording=filename=" + file);
    List<String> names =
        RecordingFile.readAllEvents(file).stream()
            .map(event -> event.getEventType().getName())
            .filter(name -> name.startsWith("dev.keyhold."))
            .distinct()
            .sorted()
            .toList();
    assertTrue(
        names.containsAll(List.of("dev.keyhold.EpochRenewal", "dev.keyhold.KeyUse")),
        names.toString());
  }

  @Test
  void nothingIsMissedWithoutOpenTelemetry() throws Exception {
    String without =
        Stream.of(classPath().split(File.pathSeparator, -1))
            .filter(jar -> !jar.contains("opentelemetry"))
            .collect(Collectors.joining(File.pathSeparator));
    assertNotEquals(classPath(), without);
    String output = runWith(without);
    assertTrue(output.contains("an object of "), output);
    assertFalse(output.contains("observes Keyhold no more"), output);
  }

  private String run(String... options) throws IOException, InterruptedException {
    return runWith(classPath(), options);
  }

  private String runWith(String classPath, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", classPath, OneObject.class.getName()));
    command.add(configuration.toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }

  private static String classPath() {
    String tested = System.getProperty("surefire.test.class.path");
    return tested != null ? tested : System.getProperty("java.class.path");
  }
}
