package dev.keyhold.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Errors of files and folders that this user may not write. */
@EnabledOnOs(OS.LINUX)
class UnwritableTest {
  private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

  @TempDir Path folder;
  private Cli cli;
  private Path place;
  private Path object;

  @BeforeEach
  void makeObject() throws IOException {
    cli = Cli.in(folder);
    cli.run("keys", "create", "orders");
    Files.writeString(folder.resolve("plain"), "text");
    place = Files.createDirectory(folder.resolve("place"));
    object = place.resolve("object");
    cli.run("encrypt", "--key", "orders", cli.path("plain"), object.toString());
    cli.run("keys", "rotate", "orders");
    Files.setPosixFilePermissions(object, PosixFilePermissions.fromString("r--r--r--"));
    Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("r-xr-xr-x"));
  }

  @AfterEach
  void letItBeDeleted() throws IOException {
    Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Runs a command in a process that permissions hold for, as they don't for root. */
  private String failureOf(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      assumeFalse(Files.notExists(SETPRIV), "SKIPPED: no setpriv");
      command.addAll(
          List.of(SETPRIV.toString(), "--bounding-set", "-dac_override,-dac_read_search"));
    }
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "--config",
            cli.config().toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertNotEquals(0, process.waitFor(), output);
    return output;
  }

  @Test
  void rewrapPrintsTheNameOnce() throws Exception {
    String output = failureOf("rewrap", "--key", "orders", object.toString());
    String line = output.lines().findFirst().orElseThrow();
    assertEquals(2, line.split(object.toString(), -1).length, output);
    assertTrue(output.contains("failed 1"), output);
  }

  @Test
  void aFolderThatMayNotBeWrittenIsToldByTheNameThatWasGiven() throws Exception {
    Path target = place.resolve("new");
    for (String command : new String[] {"encrypt", "decrypt"}) {
      String in = command.equals("encrypt") ? cli.path("plain") : object.toString();
      String output = failureOf(command, "--key", "orders", in, target.toString());
      assertTrue(output.contains(target.toString()), output);
      assertFalse(output.contains(".part") || output.contains(".mode"), output);
      assertEquals(1, output.lines().count(), output);
    }
  }
}
