package dev.keyhold.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.cli.command.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No command replaces a file that the configuration needs, whatever leads to it. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class OwnFilesTest {
  @TempDir Path folder;
  private Cli cli;

  @BeforeEach
  void makeKey() throws IOException {
    cli = Cli.in(folder);
    assertEquals(0, cli.run("keys", "create", "orders").code());
    Files.writeString(folder.resolve("p"), "plain");
    assertEquals(0, cli.run("encrypt", "--key", "orders", cli.path("p"), cli.path("o")).code());
  }

  private void leavesAlone(Path out, Path own) throws IOException {
    byte[] before = Files.readAllBytes(own);
    for (String force : List.of("--force", "--verbose")) {
      String to = out.toString();
      String password = "--password=file:" + cli.path("password.txt");
      for (Cli.Result result :
          List.of(
              cli.run("encrypt", force, "--key", "orders", cli.path("p"), to),
              cli.run("decrypt", force, "--key", "orders", cli.path("o"), to),
              cli.run("keystore", "export", force, password, to))) {
        assertEquals(ExitCode.USAGE, result.code(), result.err());
        assertTrue(result.err().contains("name another file"), result.err());
        assertArrayEquals(before, Files.readAllBytes(own));
      }
    }
    assertTrue(cli.run("keys", "list").out().contains("orders"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"keys.keyhold", "keys.keyhold.lock", "password.txt", "keyhold.properties"})
  void whatTheConfigurationNeedsIsLeftAsItIs(String name) throws IOException {
    Path own = folder.resolve(name);
    leavesAlone(own, own);
    leavesAlone(Files.createSymbolicLink(folder.resolve("symbolic"), own), own);
    leavesAlone(Files.createLink(folder.resolve("hard"), own), own);
    Path elsewhere = Files.createSymbolicLink(folder.resolve("elsewhere"), folder);
    leavesAlone(elsewhere.resolve("elsewhere/../" + folder.getFileName()).resolve(name), own);
    Path relative = Path.of("").toAbsolutePath().relativize(own.toRealPath());
    leavesAlone(relative, own);
  }

  @Test
  void aKeyFileBehindALinkHasItsLockAndItsCopiesBesideIt() throws IOException {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    Path target = Files.move(folder.resolve("keys.keyhold"), disk.resolve("real"));
    Files.createSymbolicLink(folder.resolve("keys.keyhold"), target);
    assertEquals(0, cli.run("keys", "rotate", "orders").code());
    Path made = folder.resolve("new.txt");
    assertEquals(0, cli.run("keys", "password", "--generate=" + made).code());
    Files.copy(made, folder.resolve("password.txt"), StandardCopyOption.REPLACE_EXISTING);
    leavesAlone(target, target);
    leavesAlone(disk.resolve("real.lock"), disk.resolve("real.lock"));
    try (Stream<Path> files = Files.list(disk)) {
      Path copy = files.filter(f -> f.toString().endsWith(".backup")).findFirst().orElseThrow();
      leavesAlone(copy, copy);
    }
  }

  @Test
  void aFileThatIsNotThereYetIsNotTakenForSomethingElse() throws IOException {
    cli.configure(
        """
        backend.local.password = file:password.txt
        backend.second.type = software
        backend.second.file = second.keyhold
        backend.second.password = file:second.txt
        """);
    for (String name : List.of("second.keyhold", "second.keyhold.lock", "second.txt")) {
      Cli.Result result = cli.run("encrypt", "--key", "orders", cli.path("p"), cli.path(name));
      assertEquals(ExitCode.USAGE, result.code(), result.err());
      assertFalse(Files.exists(folder.resolve(name)));
    }
    Cli.Result taken =
        cli.run("keys", "password", "second", "--generate=" + cli.path("second.keyhold"));
    assertEquals(ExitCode.USAGE, taken.code(), taken.err());
    assertFalse(Files.exists(folder.resolve("second.keyhold")));
    Cli.Result made = cli.run("keys", "password", "second", "--generate=" + cli.path("second.txt"));
    assertEquals(0, made.code(), made.err());
  }

  @Test
  void otherFilesAreReplaced() {
    for (String name : List.of("out", "keys.keyhold.old", "p.lock", "keys.keyhold.x.backup")) {
      for (int i = 0; i < 2; i++) {
        Cli.Result result =
            cli.run("encrypt", "--force", "--key", "orders", cli.path("p"), cli.path(name));
        assertEquals(0, result.code(), result.err());
      }
    }
  }

  @Test
  void aadOfAFileHasALimit() {
    Cli.Result result =
        cli.run(
            "encrypt", "--key", "orders", "--aad-file=/dev/zero", cli.path("p"), cli.path("out"));
    assertEquals(ExitCode.USAGE, result.code(), result.err());
    assertTrue(result.err().contains("64 MiB"), result.err());
    assertFalse(Files.exists(folder.resolve("out")));
  }
}
