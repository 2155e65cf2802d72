package dev.keyhold.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    try (WholeFile made = WholeFile.at(file)) {
      WholeFile.write(made.channel(), 0, content);
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
      try (WholeFile made = WholeFile.at(file)) {
        WholeFile.write(made.channel(), 0, content);
        made.replace();
      }
      assertArrayEquals(content, Files.readAllBytes(file));
      assertEquals(List.of("file"), names());
    }
  }

  @Test
  void whatIsLeftByAKilledProcessIsKnownByItsName() throws IOException {
    WholeFile made = WholeFile.at(file);
    assertTrue(WholeFile.LEFT_OVER.matcher(names().get(0)).matches(), names().get(0));
    made.close();
    assertEquals(List.of(), names());
  }

  @Test
  void whatTakesNoPlaceLeavesNothing() throws IOException {
    Files.write(file, ONE);
    try (WholeFile made = WholeFile.inPlaceOf(file)) {
      WholeFile.write(made.channel(), 0, OTHER);
      assertEquals(2, names().size());
    }
    assertArrayEquals(ONE, Files.readAllBytes(file));
    assertEquals(List.of("file"), names());
  }

  @Test
  void nothingIsWrittenThroughALink() throws IOException {
    Path elsewhere = folder.resolve("elsewhere");
    Files.createSymbolicLink(file, elsewhere);
    assertThrows(FileAlreadyExistsException.class, () -> WholeFile.create(file).close());
    Files.createFile(elsewhere);
    assertThrows(FileAlreadyExistsException.class, () -> WholeFile.create(file).close());
    assertEquals(0, Files.size(elsewhere));
  }

  @Test
  void whoMayNotGiveItAwayIsTold() throws IOException {
    Path roots = folder.getRoot();
    Files.createFile(file);
    assumeFalse(Files.getOwner(file).equals(Files.getOwner(roots)), "root may");
    AccessDeniedException refused =
        assertThrows(AccessDeniedException.class, () -> WholeFile.align(file, roots));
    String message = refused.getMessage();
    assertTrue(message.contains("owner " + Files.getOwner(roots).getName()), message);
  }
}
