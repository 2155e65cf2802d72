package dev.keyhold.envelope;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is on the disk whenever the machine stops. */
class ObjectFileTest {
  private static final byte[] PLAIN = new byte[100];

  @TempDir Path folder;
  private Path file;
  private Path journal;
  private byte[] object;
  private byte[] before;
  private byte[] after;

  @BeforeEach
  void makeAnObjectAndItsNewHeader() throws Exception {
    try (SeveralKeysFixture fixture =
        new SeveralKeysFixture(folder, EpochLimits.DEFAULT, "key.orders = one")) {
      object = fixture.seal("orders", PLAIN);
      fixture.backend("one").rotate("orders");
      before = SeveralKeysFixture.headerOf(object);
      after = fixture.rewrapper("orders").rewrap(before).orElseThrow();
    }
    Path objects = Files.createDirectory(folder.resolve("objects"));
    file = Files.write(objects.resolve("object"), object);
    journal = objects.resolve(".object" + HeaderJournal.SUFFIX);
  }

  private byte[] with(byte[] header) {
    byte[] all = Arrays.copyOf(header, header.length + object.length - before.length);
    System.arraycopy(object, before.length, all, header.length, object.length - before.length);
    return all;
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(file.getParent())) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aHeaderOfTheSameLengthIsReplacedInPlace() throws Exception {
    Object key = Files.readAttributes(file, "unix:ino").get("ino");
    try (ObjectFile opened = ObjectFile.open(file)) {
      assertArrayEquals(before, opened.header());
      opened.replace(after);
    }
    assertArrayEquals(with(after), Files.readAllBytes(file));
    assertEquals(List.of("object"), names());
    assertEquals(key, Files.readAttributes(file, "unix:ino").get("ino"));
  }

  @Test
  void aLongerHeaderMakesANewFileWithTheOldOnesMode() throws Exception {
    Set<PosixFilePermission> mode = PosixFilePermissions.fromString("rw-r-----");
    Files.setPosixFilePermissions(file, mode);
    byte[] longer = Arrays.copyOf(after, 512);
    try (ObjectFile opened = ObjectFile.open(file)) {
      opened.replace(longer);
    }
    assertArrayEquals(with(longer), Files.readAllBytes(file));
    assertEquals(List.of("object"), names());
    assertEquals(mode, Files.getPosixFilePermissions(file));
  }

  @Test
  void whereverWritingStoppedTheHeaderIsPutBack() throws Exception {
    for (int written = 0; written <= before.length; written++) {
      byte[] torn = before.clone();
      System.arraycopy(after, 0, torn, 0, written);
      boolean complete = Arrays.equals(torn, after);
      Files.write(journal, HeaderJournal.content(before, after));
      Files.write(file, with(torn));
      assertArrayEquals(complete ? after : before, ObjectFile.readHeader(file));
      assertArrayEquals(with(torn), Files.readAllBytes(file), "reading changes nothing");
      ObjectFile.open(file).close();
      assertArrayEquals(with(complete ? after : before), Files.readAllBytes(file));
      assertEquals(List.of("object"), names());
    }
  }

  @Test
  void aJournalThatIsNotCompleteChangesNothing() throws Exception {
    byte[] complete = HeaderJournal.content(before, after);
    for (int length = 0; length < complete.length; length++) {
      Files.write(journal, Arrays.copyOf(complete, length));
      ObjectFile.open(file).close();
      assertArrayEquals(object, Files.readAllBytes(file));
      assertEquals(List.of("object"), names());
    }
  }

  @Test
  void aJournalThatWasLeftOverTouchesNoOtherObject() throws Exception {
    byte[] other = object.clone();
    other[100] = (byte) ~(before[100] & after[100]);
    other[101] = (byte) ~before[101];
    other[102] = (byte) ~before[102];
    Files.write(file, other);
    Files.write(journal, HeaderJournal.content(before, after));
    ObjectFile.open(file).close();
    assertArrayEquals(other, Files.readAllBytes(file));
    assertEquals(List.of("object"), names());
  }

  @Test
  void aHugeJournalIsNotRead() throws Exception {
    Files.write(journal, new byte[1 << 20]);
    ObjectFile.open(file).close();
    assertArrayEquals(object, Files.readAllBytes(file));
  }

  @Test
  void whatIsChangedMeanwhileIsLeftAlone() throws Exception {
    byte[] longer = Arrays.copyOf(after, 512);
    for (byte[] header : List.of(after, longer)) {
      try (ObjectFile opened = ObjectFile.open(file)) {
        Files.write(file, new byte[] {1}, StandardOpenOption.APPEND);
        byte[] changed = Files.readAllBytes(file);
        assertThrows(IOException.class, () -> opened.replace(header));
        assertArrayEquals(changed, Files.readAllBytes(file));
        assertEquals(List.of("object"), names());
      }
    }
  }

  @Test
  void twoDoNotRewrapOneFileAtATime() throws Exception {
    try (ObjectFile opened = ObjectFile.open(file)) {
      IOException refused = assertThrows(IOException.class, () -> ObjectFile.open(file));
      assertTrue(refused.getMessage().contains("rewrapped"), refused.getMessage());
      opened.replace(after);
    }
    assertFalse(Files.exists(journal));
    ObjectFile.open(file).close();
  }
}
