package dev.keyhold.conformance.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.conformance.Jvm;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The archive of classes that {@code bin/keyhold} uses, made by {@code bin/keyhold-archive} for the
 * JVM of the tests: used where it fits, and else as if it were not there, without a word.
 */
class ClassArchiveTest {
  @TempDir static Path folder;

  private static Path home;
  private static Path archive;
  private static Path intact;

  @BeforeAll
  static void makeArchive() throws Exception {
    home = Files.createDirectories(folder.resolve("place"));
    copy(Jvm.distribution().resolveSibling("lib"), home.resolve("lib"));
    copy(Jvm.distribution().resolveSibling("bin"), home.resolve("bin"));
    Result made = run(home.resolve("bin/keyhold-archive"), "");
    assertEquals(new Result(0, "", ""), made);
    try (Stream<Path> files = Files.list(home.resolve("classes"))) {
      archive = files.filter(file -> file.toString().endsWith(".jsa")).findFirst().orElseThrow();
    }
    intact = Files.move(archive, folder.resolve("intact"));
  }

  @BeforeEach
  void putBack() throws IOException {
    Files.deleteIfExists(archive);
    Files.copy(intact, archive, StandardCopyOption.COPY_ATTRIBUTES);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(
            file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  private record Result(int code, String out, String err) {}

  private static Result run(Path program, String options, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("KEYHOLD_JAVA_OPTS", options);
    Path err = Files.createTempFile(folder, "err", "");
    Process process = builder.redirectError(err.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), out, Files.readString(err));
  }

  private static boolean isUsed() throws Exception {
    Result loaded = run(home.resolve("bin/keyhold"), "-Xlog:class+load:stdout", "version");
    assertEquals(0, loaded.code(), loaded.err());
    return loaded
        .out()
        .lines()
        .anyMatch(
            line ->
                line.contains("dev.keyhold.cli.CommandTree ")
                    && line.contains("shared objects file"));
  }

  /** Whatever the archive is, a command does the same. */
  private static void assertRuns(Path where) throws Exception {
    Result version = run(where.resolve("bin/keyhold"), "", "version");
    assertEquals(0, version.code(), version.err());
    assertTrue(version.out().startsWith("keyhold "), version.out());
    assertEquals("", version.err());
  }

  @Test
  void itIsUsed() throws Exception {
    assertTrue(isUsed());
    assertRuns(home);
  }

  @Test
  void itIsGone() throws Exception {
    Files.delete(archive);
    assertTrue(!isUsed());
    assertRuns(home);
  }

  @Test
  void itIsUnreadableForThisUser() throws Exception {
    Files.setPosixFilePermissions(archive, PosixFilePermissions.fromString("---------"));
    assertRuns(home);
  }

  @Test
  void itIsCutShort() throws Exception {
    try (RandomAccessFile file = new RandomAccessFile(archive.toFile(), "rw")) {
      file.setLength(file.length() / 2);
    }
    assertRuns(home);
    try (RandomAccessFile file = new RandomAccessFile(archive.toFile(), "rw")) {
      file.setLength(3);
    }
    assertRuns(home);
  }

  @Test
  void aPartOfItIsOverwritten() throws Exception {
    for (int part = 1; part < 8; part++) {
      putBack();
      try (RandomAccessFile file = new RandomAccessFile(archive.toFile(), "rw")) {
        file.seek(file.length() / 8 * part);
        file.write(new byte[256 * 1024]);
      }
      assertRuns(home);
    }
  }

  @Test
  void itIsNoArchive() throws Exception {
    Files.writeString(archive, "something else ".repeat(10_000));
    assertRuns(home);
  }

  /** The archive says which JVM made it. */
  @Test
  void anotherJdkMadeIt() throws Exception {
    byte[] bytes = Files.readAllBytes(archive);
    String start = new String(bytes, 0, 8192, StandardCharsets.ISO_8859_1);
    int vm = start.indexOf(System.getProperty("java.vm.name"));
    assertTrue(vm > 0, "the name of the JVM is not in the header");
    bytes[vm] ^= 1;
    Files.write(archive, bytes);
    assertRuns(home);
    assertTrue(!isUsed());
  }

  @Test
  void aJarIsNewer() throws Exception {
    Path jar;
    try (Stream<Path> jars = Files.list(home.resolve("lib"))) {
      jar = jars.filter(file -> file.toString().contains("keyhold-cli")).findFirst().orElseThrow();
    }
    FileTime before = Files.getLastModifiedTime(jar);
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(60)));
    try {
      assertRuns(home);
      assertTrue(!isUsed());
    } finally {
      Files.setLastModifiedTime(jar, before);
    }
  }

  @Test
  void keyholdIsElsewhereNow() throws Exception {
    Path moved = Files.move(home, folder.resolve("another place"));
    try {
      assertRuns(moved);
    } finally {
      Files.move(moved, home);
    }
  }
}
