package dev.keyhold.epoch.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The names of a board's entries are the same on hosts with different locales. */
@ResourceLock(Resources.LOCALE)
class BoardLocaleTest {
  private final Locale usual = Locale.getDefault();
  @TempDir Path folder;

  @AfterEach
  void restore() {
    Locale.setDefault(usual);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG-u-nu-arab", "tr-TR", "th-TH-u-nu-thai", "de-DE"})
  void entriesAreSharedAndSwept(String tag) throws IOException {
    DirectoryBoard board = new DirectoryBoard(folder);
    Board.Place place = new Board.Place("ab".repeat(32), 1234567L, 12);
    Locale.setDefault(Locale.forLanguageTag(tag));
    assertTrue(board.putIfAbsent(place, new byte[] {1}));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(
          "ab".repeat(32) + "-1234567-12",
          files.findFirst().orElseThrow().getFileName().toString());
    }
    Locale.setDefault(Locale.ROOT);
    assertTrue(board.read(place).isPresent());
    board.forget(place.series(), 1234568L);
    assertTrue(board.read(place).isEmpty());
  }
}
