package dev.keyhold.rewrap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.epoch.EpochLimits;
import dev.keyhold.keys.SeveralKeysFixture;
import dev.keyhold.rewrap.RewrapQueue.Entry;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What somebody can do who may write to the folder of the queue, and nothing else. */
class ForgedQueueTest {
  @TempDir Path folder;
  private RewrapQueue queue;
  private byte[] header;
  private Path entry;

  @BeforeEach
  void makeAnEntry() throws Exception {
    Path configuration = Files.createDirectory(folder.resolve("configuration"));
    try (SeveralKeysFixture fixture =
        new SeveralKeysFixture(configuration, EpochLimits.DEFAULT, "key.orders = one")) {
      header = SeveralKeysFixture.headerOf(fixture.seal("orders", new byte[10]));
    }
    queue = new RewrapQueue(folder.resolve("queue"));
    queue.add("orders", "orders", header);
    assertTrue(only().header().isPresent());
    entry = queue.folder().resolve(only().id() + ".rewrap");
  }

  private Entry only() throws IOException {
    List<Entry> entries = QueueEntries.of(queue);
    assertEquals(1, entries.size());
    return entries.get(0);
  }

  private void assertUnreadable(String what) throws IOException {
    Entry found = only();
    assertTrue(found.header().isEmpty(), what);
    assertEquals("", found.alias(), what);
  }

  @Test
  @Timeout(300)
  void whatIsNoFileIsNotRead() throws Exception {
    Path elsewhere = Files.move(entry, folder.resolve("genuine"));
    Files.createSymbolicLink(entry, elsewhere);
    assertUnreadable("a link to a genuine entry");
    Files.delete(entry);
    Files.createSymbolicLink(entry, Path.of("/dev/zero"));
    assertUnreadable("a link to a device");
    Files.delete(entry);
    Files.createDirectory(entry);
    assertUnreadable("a folder");
    Files.delete(entry);
    assertEquals(0, new ProcessBuilder("mkfifo", entry.toString()).start().waitFor());
    assertUnreadable("a pipe");
    Files.delete(entry);
    try (RandomAccessFile large = new RandomAccessFile(entry.toFile(), "rw")) {
      large.setLength(1L << 33);
    }
    assertUnreadable("8 GiB");
  }

  @Test
  void forgedLinesAreNotFollowed() throws Exception {
    String encoded = Base64.getEncoder().encodeToString(header);
    byte[] other = header.clone();
    other[100] ^= 1;
    for (String text :
        List.of(
            "alias=orders\nheader=" + Base64.getEncoder().encodeToString(other),
            "alias=orders\nheader=" + encoded + encoded,
            "alias=orders\nheader=" + encoded + "\nheader=",
            "alias=orders\nheader=\\uZZZZ",
            "header=" + "A".repeat(300_000),
            "\0".repeat(1000))) {
      Files.writeString(entry, text);
      assertUnreadable(text.substring(0, 20));
    }
    // the alias is what it says: it names no file, and what acts on it asks the policy
    Files.writeString(entry, "alias=../../etc\nbinding=/etc\nheader=" + encoded);
    Entry forged = only();
    assertEquals("../../etc", forged.alias());
    Path victim = Files.writeString(folder.resolve("etc"), "of somebody else");
    queue.remove(forged);
    assertEquals(List.of(), QueueEntries.of(queue));
    assertTrue(Files.exists(victim));
  }

  @Test
  void aNameThatIsNoDigestIsNoEntry() throws Exception {
    byte[] content = Files.readAllBytes(entry);
    for (String name : List.of("orders.rewrap", "0".repeat(63) + ".rewrap", entry + ".old")) {
      Files.write(queue.folder().resolve(name), content);
    }
    assertEquals(1, QueueEntries.of(queue).size());
  }

  @Test
  void aWriterWritesThroughNoLink() throws Exception {
    byte[] content = Files.readAllBytes(entry);
    Path victim = Files.writeString(folder.resolve("victim"), "of somebody else");
    Files.delete(entry);
    Files.createSymbolicLink(entry, victim);
    queue.add("orders", "orders", header);
    assertEquals("of somebody else", Files.readString(victim));
    assertFalse(Files.isSymbolicLink(entry));
    assertArrayEquals(lines(content), lines(Files.readAllBytes(entry)));
    assertTrue(Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS));
  }

  /** Without the comment, which has the time. */
  private static Object[] lines(byte[] content) {
    return new String(content, StandardCharsets.UTF_8)
        .lines()
        .filter(line -> !line.startsWith("#"))
        .sorted()
        .toArray();
  }
}
