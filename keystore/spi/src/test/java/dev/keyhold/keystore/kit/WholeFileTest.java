package dev.keyhold.keystore.kit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are there whole or not at all, and of whom they are. */
class WholeFileTest {
  private static final byte[] ONE = {1, 2, 3};
  private static final byte[] OTHER = {4, 5, 6, 7};

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void nameIt() {
    file = folder.resolve("file");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private boolean put(byte[] content) throws IOException {
    try (WholeFile made = WholeFile.shared(file)) {
      made.write(content);
      return made.putIfAbsent();
    }
  }

  @Test
  void theFirstOfTwoIsThere() throws IOException {
    assertTrue(put(ONE));
    assertFalse(put(OTHER));
    assertArrayEquals(ONE, Files.readAllBytes(file));
    assertEquals(List.of("file"), names());
  }

  @Test
  void oneReplacesAnother() throws IOException {
    for (byte[] content : List.of(ONE, OTHER)) {
      try (WholeFile made = WholeFile.shared(file)) {
        made.write(content);
        made.replace();
      }
      assertArrayEquals(content, Files.readAllBytes(file));
      assertEquals(List.of("file"), names());
    }
  }

  @Test
  void whatIsLeftByAKilledProcessIsKnownByItsName() throws IOException {
    WholeFile made = WholeFile.shared(file);
    assertTrue(PartFiles.isOne(folder.resolve(names().get(0))), names().get(0));
    assertFalse(PartFiles.isOne(file));
    made.close();
    assertEquals(List.of(), names());
  }

  @Test
  void anInterruptEndsNoChangeThatHasBegun() throws IOException {
    Files.write(file, ONE);
    AtomicInteger tries = new AtomicInteger();
    Thread.currentThread().interrupt();
    WholeFile.write(
        file,
        OTHER,
        () -> {
          if (tries.incrementAndGet() < 3) {
            Thread.currentThread().interrupt();
          }
        });
    assertTrue(Thread.interrupted(), "the interrupt is kept");
    assertEquals(3, tries.get());
    assertArrayEquals(OTHER, Files.readAllBytes(file));
    assertEquals(List.of("file"), names());
  }

  @Test
  void aFolderIsForcedInAnInterruptedThread() throws IOException {
    Thread.currentThread().interrupt();
    FileAccess.forceFolder(file);
    assertTrue(Thread.interrupted(), "the interrupt is kept");
  }

  @Test
  void aCheckThatFailsLeavesTheFile() throws IOException {
    Files.write(file, ONE);
    IOException refused = new IOException("refused");
    WholeFile.Check check =
        () -> {
          throw refused;
        };
    assertSame(refused, assertThrows(IOException.class, () -> WholeFile.write(file, OTHER, check)));
    assertArrayEquals(ONE, Files.readAllBytes(file));
    assertEquals(List.of("file"), names());
  }

  @Test
  void permissionsAreThoseOfTheOneBeforeAndAtFirstTheOwners() throws IOException {
    assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
    WholeFile.write(file, ONE, () -> {});
    assertEquals("rw-------", permissions(file));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    WholeFile.write(file, OTHER, () -> {});
    assertEquals("rw-r-----", permissions(file));
    assertArrayEquals(OTHER, Files.readAllBytes(file));
    try (WholeFile own = WholeFile.of(file)) {
      assertEquals("rw-------", permissions(own.part()));
    }
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void oneIsMovedOnlyWhereNoneIs() throws IOException {
    for (byte[] content : List.of(ONE, OTHER)) {
      try (WholeFile made = WholeFile.of(file)) {
        made.write(content);
        if (Files.exists(file)) {
          assertThrows(FileAlreadyExistsException.class, made::moveIfAbsent);
        } else {
          made.moveIfAbsent();
        }
      }
    }
    assertArrayEquals(ONE, Files.readAllBytes(file));
    assertEquals(List.of("file"), names());
  }

  @Test
  void aNameMayBeAsLongAsNamesCanBe() throws IOException {
    Path longest = folder.resolve("n".repeat(255));
    WholeFile.write(longest, ONE, () -> {});
    assertArrayEquals(ONE, Files.readAllBytes(longest));
  }

  @Test
  void aFailureNamesTheFile() {
    Path lost = folder.resolve("none/file");
    FileSystemException e =
        assertThrows(FileSystemException.class, () -> WholeFile.write(lost, ONE, () -> {}));
    assertEquals(lost.toString(), e.getFile());
    assertSame(e, WholeFile.about(lost, e));
  }

  @Test
  void whatTakesNoPlaceLeavesNothing() throws IOException {
    Files.write(file, ONE);
    try (WholeFile made = WholeFile.inPlaceOf(file)) {
      made.write(OTHER);
      assertEquals(2, names().size());
    }
    assertArrayEquals(ONE, Files.readAllBytes(file));
    assertEquals(List.of("file"), names());
  }

  @Test
  void nothingIsWrittenThroughALink() throws IOException {
    Path elsewhere = folder.resolve("elsewhere");
    Files.createSymbolicLink(file, elsewhere);
    assertThrows(FileAlreadyExistsException.class, () -> FileAccess.create(file).close());
    Files.createFile(elsewhere);
    assertThrows(FileAlreadyExistsException.class, () -> FileAccess.create(file).close());
    assertEquals(0, Files.size(elsewhere));
  }

  @Test
  void whoMayNotGiveItAwayIsTold() throws IOException {
    Path roots = folder.getRoot();
    Files.createFile(file);
    assumeFalse(Files.getOwner(file).equals(Files.getOwner(roots)), "root may");
    AccessDeniedException refused =
        assertThrows(AccessDeniedException.class, () -> FileAccess.align(file, roots));
    String message = refused.getMessage();
    assertTrue(message.contains("owner " + Files.getOwner(roots).getName()), message);
  }
}
