package dev.keyhold.custody.server.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.custody.proof.log.Checkpoint;
import dev.keyhold.custody.proof.log.Hashes;
import dev.keyhold.custody.proof.log.Records;
import dev.keyhold.custody.proof.log.TilePath;
import dev.keyhold.custody.proof.log.Tiles;
import dev.keyhold.custody.proof.log.TreeHead;
import dev.keyhold.custody.proof.note.Note;
import dev.keyhold.custody.proof.note.NoteSigner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A log on a disk that works: what is written, and what does not start. */
class LogTest {
  @TempDir Path temp;
  private NoteSigner signer;
  private Path folder;
  private LogSettings settings;

  @BeforeEach
  void create() throws Exception {
    signer = TestLog.newKey();
    folder = temp.resolve("log");
    settings = TestLog.create(folder, signer);
  }

  private TestLog open() throws IOException, LogRefused {
    return new TestLog(settings, new DiskFiles(), signer);
  }

  private String refusal() {
    return assertThrows(LogRefused.class, this::open).getMessage();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 255, 256, 257, 600, 65_536, 65_537, 66_000})
  void itHasTheLeavesTheTilesAndTheCheckpointOfItsSize(long size) throws Exception {
    try (TestLog test = open()) {
      test.fillTo(size);
    }

    Note note = Note.parse(Files.readAllBytes(folder.resolve("checkpoint")));
    note.signers(List.of(signer.verifierKey()));
    Checkpoint checkpoint = Checkpoint.parse(note.text());
    assertEquals(size, checkpoint.size());
    TreeHead head = new TreeHead();
    for (long i = 0; i < size; i++) {
      head.add(Hashes.leaf(TestLog.leaf(i)));
    }
    assertArrayEquals(head.root(), checkpoint.rootBytes());
    for (TilePath tile : Tiles.between(0, size)) {
      byte[] content = Files.readAllBytes(folder.resolve(tile.toString()));
      if (tile.level() == 0) {
        byte[] last = Hashes.leaf(TestLog.leaf(tile.index() * TilePath.FULL + tile.width() - 1));
        assertEquals(tile.width() * Hashes.LENGTH, content.length, tile.toString());
        assertArrayEquals(
            last, Arrays.copyOfRange(content, content.length - Hashes.LENGTH, content.length));
      } else if (tile.level() == TilePath.ENTRIES) {
        List<byte[]> leaves = new ArrayList<>();
        for (int i = 0; i < tile.width(); i++) {
          leaves.add(TestLog.leaf(tile.index() * TilePath.FULL + i));
        }
        assertArrayEquals(Tiles.bundle(leaves), content, tile.toString());
      }
    }
    try (TestLog again = open()) {
      assertEquals(size, again.replayed.size());
      assertArrayEquals(TestLog.leaf(size - 1), again.replayed.get((int) size - 1));
    }
  }

  @Test
  void partialTilesGoOnceTheTileIsFull() throws Exception {
    for (int size : List.of(10, 20, 256)) {
      try (TestLog test = open()) {
        test.fillTo(size);
      }
    }

    try (Stream<Path> level = Files.list(folder.resolve("tile/0"))) {
      assertEquals(List.of("000"), level.map(file -> file.getFileName().toString()).toList());
    }
  }

  @Test
  void whatACrashLeftOfAWriteIsLeftAway() throws Exception {
    Path segment = folder.resolve("segment/00000000");
    byte[] whole = Files.readAllBytes(segment);
    byte[] record = Records.encode(TestLog.leaf(1), Hashes.leaf(TestLog.leaf(1)));
    byte[] changed = record.clone();
    changed[changed.length - 1] ^= 1;
    List<byte[]> tails =
        List.of(Arrays.copyOf(record, 5), Arrays.copyOf(record, 15), changed, new byte[4096]);
    for (byte[] tail : tails) {
      ByteArrayOutputStream torn = new ByteArrayOutputStream();
      torn.writeBytes(whole);
      torn.writeBytes(tail);
      Files.write(segment, torn.toByteArray());
      try (TestLog test = open()) {
        assertEquals(1, test.replayed.size());
        assertEquals(tail.length, test.log.tornBytes());
      }
      assertArrayEquals(whole, Files.readAllBytes(segment));
    }
  }

  @Test
  void aLogThatWasCutDoesNotStartAndIsNotChanged() throws Exception {
    try (TestLog test = open()) {
      test.fillTo(10);
    }
    Path segment = folder.resolve("segment/00000000");
    byte[] whole = Files.readAllBytes(segment);
    byte[] cut = Arrays.copyOf(whole, whole.length - 1);
    Files.write(segment, cut);

    String message = refusal();

    assertTrue(message.contains("was cut or rolled back: it has 9 leaves"), message);
    assertTrue(message.contains("never repaired") && message.contains("spare log a2"), message);
    assertArrayEquals(cut, Files.readAllBytes(segment));
  }

  @Test
  void anyChangedByteOfALeafIsFound() throws Exception {
    try (TestLog test = open()) {
      test.fillTo(5);
    }
    Path segment = folder.resolve("segment/00000000");
    byte[] whole = Files.readAllBytes(segment);
    for (int i = 0; i < whole.length; i++) {
      byte[] changed = whole.clone();
      changed[i] ^= 4;
      Files.write(segment, changed);
      refusal();
    }
    // with the right check value, so that only the root tells
    byte[] other = TestLog.leaf(7);
    byte[] record = Records.encode(other, Hashes.leaf(other));
    byte[] swapped = whole.clone();
    System.arraycopy(record, 0, swapped, whole.length - record.length, record.length);
    Files.write(segment, swapped);
    String message = refusal();
    assertTrue(message.contains("are not those that its checkpoint has seen"), message);
  }

  @Test
  void aLogThatWasRestoredFromAnOlderCopyIsToldByTheMirror() throws Exception {
    Path mirror = temp.resolve("mirror");
    settings = settings.withMirror(mirror, true);
    try (TestLog test = open()) {
      test.fillTo(10);
    }
    Path copy = temp.resolve("copy");
    copy(folder, copy);
    settings = settings.withMirror(mirror, false);
    try (TestLog test = open()) {
      test.fillTo(20);
    }
    Path later = temp.resolve("later");
    Files.move(folder, later);
    copy(copy, folder);

    String message = refusal();

    assertTrue(message.contains("its mirror " + mirror), message);
    assertTrue(message.contains("it has 10 leaves"), message);
    Files.delete(mirror.resolve("checkpoint"));
    assertTrue(refusal().contains("--new-mirror"));
    settings = TestLogSettings.withoutMirror(settings);
    open().close(); // nobody can tell
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  @Test
  void aMissingCheckpointOneOfAnotherKeyAndADamagedOneAreRefused() throws Exception {
    Path checkpoint = folder.resolve("checkpoint");
    byte[] whole = Files.readAllBytes(checkpoint);

    Files.delete(checkpoint);
    assertTrue(refusal().contains("lacks its checkpoint"));
    for (int i = 0; i < whole.length; i++) {
      byte[] changed = whole.clone();
      changed[i] ^= 1;
      Files.write(checkpoint, changed);
      refusal();
    }
    Files.write(checkpoint, whole);
    open().close();
    signer = TestLog.newKey();
    assertTrue(refusal().contains("not signed by the log key of this custodian"));
  }

  @Test
  void aMissingOrShortSegmentIsRefused() throws Exception {
    try (TestLog test = open()) {
      test.fillTo(65_540);
    }
    Path first = folder.resolve("segment/00000000");
    try (var channel = Files.newByteChannel(first, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - 3);
    }
    assertTrue(refusal().contains("is damaged after 65535 of its 65536 leaves"));
    Files.delete(first);
    assertTrue(refusal().contains("where segment/00000000 belongs"));
  }

  @Test
  void tilesAreMadeAgainFromTheSegments() throws Exception {
    try (TestLog test = open()) {
      test.fillTo(300);
    }
    Path full = folder.resolve("tile/0/000");
    Path partial = folder.resolve("tile/entries/001.p/44");
    byte[] hashes = Files.readAllBytes(full);
    byte[] entries = Files.readAllBytes(partial);
    Files.write(full, new byte[32]);
    Files.delete(partial);

    open().close();

    assertArrayEquals(hashes, Files.readAllBytes(full));
    assertArrayEquals(entries, Files.readAllBytes(partial));
  }

  @Test
  void twoCannotOpenOneFolder() throws Exception {
    try (TestLog test = open()) {
      assertTrue(refusal().contains("in use by another process"));
      assertEquals(1, test.replayed.size());
    }
    open().close();
  }

  @Test
  void aNewLogNeedsAFreshFolder() throws Exception {
    LogRefused refused =
        assertThrows(
            LogRefused.class,
            () -> Log.create(settings, new DiskFiles(), signer, List.of(TestLog.leaf(0))));
    assertTrue(refused.getMessage().contains("is not empty"));
    assertFalse(Files.exists(temp.resolve("mirror")));
  }
}
