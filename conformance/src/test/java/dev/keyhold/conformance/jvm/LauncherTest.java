package dev.keyhold.conformance.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.conformance.Jvm;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code bin/keyhold} hands to the JVM: a JVM in the place of which a script prints it. */
class LauncherTest {
  private static final String SHORT_RUN = "-XX:TieredStopAtLevel=1";

  @TempDir Path folder;

  @BeforeEach
  void standIn() throws Exception {
    Path bin = Files.createDirectories(folder.resolve("jdk/bin"));
    Path java =
        Files.writeString(bin.resolve("java"), "#!/bin/sh\nfor a do printf '%s\\n' \"$a\"; done\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void shortCommandsDoWithoutTheOptimisingCompiler() throws Exception {
    Path small = Files.write(folder.resolve("small"), new byte[1024]);
    assertTrue(launched("keys", "list").contains(SHORT_RUN));
    assertTrue(launched().contains(SHORT_RUN));
    assertTrue(launched("encrypt", "--key", "k", small.toString(), "out").contains(SHORT_RUN));
  }

  @Test
  void bulkDataHasIt() throws Exception {
    Path big = folder.resolve("a big file");
    try (RandomAccessFile file = new RandomAccessFile(big.toFile(), "rw")) {
      file.setLength(5 << 20);
    }
    assertTrue(!launched("encrypt", "--key", "k", big.toString(), "out").contains(SHORT_RUN));
    assertTrue(!launched("decrypt", "--key", "k", "in", "-").contains(SHORT_RUN));
    assertTrue(!launched("rewrap", "--key", "k", "folder").contains(SHORT_RUN));
  }

  @Test
  void argumentsComeAsTheyAre() throws Exception {
    List<String> given = List.of("keys", "create", "a  b", "*", "", "$HOME", "\"q'");
    List<String> launched = launched(given.toArray(String[]::new));
    int main = launched.indexOf("dev.keyhold.cli.Main");
    assertEquals(given, launched.subList(main + 1, launched.size()));
  }

  private List<String> launched(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Jvm.distribution().resolveSibling("bin").resolve("keyhold").toString());
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
    builder.environment().remove("KEYHOLD_JAVA_OPTS");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return Arrays.asList(output.substring(0, output.length() - 1).split("\n", -1));
  }
}
