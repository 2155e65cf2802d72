package dev.keyhold.cli.object;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.cli.Cli;
import dev.keyhold.cli.Main;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a {@code decrypt} leaves that is killed while it writes. */
@EnabledOnOs({OS.LINUX, OS.MAC})
@Timeout(300)
class KilledDecryptTest {
  private static final int LENGTH = 48 << 20;

  @TempDir Path folder;
  private final byte[] plain = new byte[LENGTH];
  private Cli cli;
  private Path work;
  private Path object;

  @BeforeEach
  void makeObject() throws IOException {
    cli = Cli.in(folder);
    cli.run("keys", "create", "orders");
    new Random(1).nextBytes(plain);
    Files.write(folder.resolve("plain"), plain);
    work = Files.createDirectory(folder.resolve("work"));
    object = work.resolve("report.keyhold");
    cli.run("encrypt", "--key", "orders", cli.path("plain"), object.toString());
  }

  /** Has another process decrypt most of the object, and kills it before the rest is there. */
  private void killDecrypt() throws Exception {
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(
                "/bin/sh",
                "-c",
                "umask 022; exec \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "decrypt",
                "--config",
                cli.config().toString(),
                "--key",
                "orders",
                "-",
                work.resolve("report").toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      OutputStream in = process.getOutputStream(); // closed, it would be the end of the object
      in.write(Files.readAllBytes(object), 0, LENGTH * 3 / 4);
      in.flush();
      while (parts().stream().noneMatch(part -> size(part) > LENGTH / 2)) {
        assertTrue(process.isAlive(), Files.readString(log));
        Thread.sleep(20);
      }
    } finally {
      process.destroyForcibly();
    }
    assertEquals(128 + 9, process.waitFor(), Files.readString(log));
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0; // not there any more
    }
  }

  /** All but the object. */
  private List<Path> parts() throws IOException {
    try (Stream<Path> files = Files.list(work)) {
      return files.filter(file -> !file.equals(object)).toList();
    }
  }

  @Test
  void isOnePartThatIsItsOwnersAlone() throws Exception {
    killDecrypt();
    assertEquals(1, parts().size(), parts().toString());
    Path part = parts().get(0);
    assertTrue(
        part.getFileName().toString().matches("\\.keyhold-[0-9a-f]{32}\\.part"), part.toString());
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(part)));
    assertFalse(Files.exists(work.resolve("report")));
  }

  @Test
  void isNoObjectToARewrapAndGoneAfterTheNextRun() throws Exception {
    killDecrypt();
    // the plaintext may look like an object: it was one that was encrypted again
    Path part = parts().get(0);
    Files.write(part, "KHLD".getBytes(StandardCharsets.US_ASCII));
    cli.run("keys", "rotate", "orders");
    Cli.Result rewrap = cli.run("rewrap", "--key", "orders", work.toString());
    assertEquals(0, rewrap.code(), rewrap.err());
    assertEquals("rewrapped 1, already current 0, failed 0", rewrap.out().strip());

    Cli.Result next =
        cli.run("decrypt", "--key", "orders", object.toString(), work.resolve("report").toString());
    assertEquals(0, next.code(), next.err());
    assertEquals(List.of(work.resolve("report")), parts());
    assertArrayEquals(plain, Files.readAllBytes(work.resolve("report")));
  }
}
