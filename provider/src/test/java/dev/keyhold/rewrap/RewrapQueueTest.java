package dev.keyhold.rewrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.epoch.EpochLimits;
import dev.keyhold.keys.SeveralKeysFixture;
import dev.keyhold.keystore.kit.PartFiles;
import dev.keyhold.keystore.kit.WholeFile;
import dev.keyhold.rewrap.RewrapQueue.Entry;
import dev.keyhold.rewrap.RewrapQueue.Removal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When an entry may go, and what a killed writer leaves. */
class RewrapQueueTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration YEARS = Duration.ofDays(3000);
  private static final String START = "0f1e2d3c-0000-4000-8000-000000000000";

  @TempDir Path folder;
  private Path files;
  private byte[] epochHeader;
  private byte[] objectHeader;

  @BeforeEach
  void makeHeaders() throws Exception {
    files = folder.resolve("queue");
    Path configuration = Files.createDirectory(folder.resolve("configuration"));
    try (SeveralKeysFixture fixture =
        new SeveralKeysFixture(
            configuration,
            EpochLimits.DEFAULT,
            "key.orders = one",
            "key.orders.data-keys = epoch",
            "key.single = one:orders")) {
      epochHeader = SeveralKeysFixture.headerOf(fixture.seal("orders", new byte[10]));
      objectHeader = SeveralKeysFixture.headerOf(fixture.seal("single", new byte[10]));
    }
  }

  private static Supplier<Optional<Uptime>> upFor(String start, Duration since) {
    return () -> Optional.of(new Uptime(start, since));
  }

  private RewrapQueue queue(Duration ahead, Supplier<Optional<Uptime>> uptime) {
    return new RewrapQueue(files, () -> Instant.now().plus(ahead), uptime);
  }

  private void assertRemoved(long removed, long kept, RewrapQueue queue) throws Exception {
    assertEquals(new Removal(removed, kept, 0), queue.remove("orders", HOUR));
  }

  private void writeAt(Duration before, Supplier<Optional<Uptime>> uptime) throws Exception {
    queue(Duration.ZERO, uptime).add("orders", "orders", epochHeader);
    try (Stream<Path> all = Files.list(files)) {
      for (Path file : all.toList()) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(before)));
      }
    }
  }

  @Test
  void aClockThatIsFarAheadRemovesNoEntryThatMayBeInUse() throws Exception {
    writeAt(Duration.ZERO, Optional::empty);
    assertRemoved(0, 1, queue(YEARS, Optional::empty));
    assertRemoved(0, 1, queue(Duration.ZERO, Optional::empty));
  }

  /** As if the clock of a host was set ahead after the entry was written, for its files too. */
  @Test
  void aClockThatWasSetAheadRemovesNoneEither() throws Exception {
    writeAt(YEARS, upFor(START, Duration.ofMinutes(10)));
    assertRemoved(0, 1, queue(Duration.ZERO, upFor(START, Duration.ofMinutes(15))));
    assertRemoved(0, 1, queue(YEARS, upFor(START, Duration.ofMinutes(70))));
    assertRemoved(1, 0, queue(YEARS, upFor(START, Duration.ofMinutes(71))));
  }

  @Test
  void aClockThatIsBehindKeepsAnEntryLonger() throws Exception {
    writeAt(HOUR.plusMinutes(5), Optional::empty);
    assertRemoved(0, 1, queue(Duration.ofMinutes(-10), Optional::empty));
    assertRemoved(1, 0, queue(Duration.ZERO, Optional::empty));
  }

  @Test
  void anEntryOfAnotherHostGoesByTheClocks() throws Exception {
    writeAt(HOUR.plusMinutes(1), upFor(START, Duration.ofMinutes(10)));
    assertRemoved(1, 0, queue(Duration.ZERO, upFor("aa", Duration.ofMinutes(11))));
  }

  @Test
  void anEntryOfThisHostIsYoungWhateverItsFileSays() throws Exception {
    new RewrapQueue(files).add("orders", "orders", epochHeader);
    writeAt(Duration.ZERO, Uptime::now);
    assertEquals(
        Uptime.now().isPresent(),
        QueueEntries.of(new RewrapQueue(files)).get(0).uptime().isPresent());
    assertRemoved(0, 1, new RewrapQueue(files));
  }

  @Test
  void anEntryOfOneObjectGoesAtOnceAndThoseOfOtherAliasesStay() throws Exception {
    RewrapQueue queue = new RewrapQueue(files);
    queue.add("single", "single", objectHeader);
    queue.add("orders", "orders", epochHeader);
    assertEquals(new Removal(1, 0, 0), queue.remove("single", HOUR));
    assertEquals("orders", QueueEntries.of(queue).get(0).alias());
  }

  /** What was read ahead would be visited though it is gone. */
  @Test
  void eachEntryIsReadWhenItIsVisited() throws Exception {
    RewrapQueue queue = new RewrapQueue(files);
    queue.add("orders", "orders", epochHeader);
    queue.add("single", "single", objectHeader);
    assertEquals(2, QueueEntries.of(queue).size());
    List<String> visited = new ArrayList<>();
    queue.forEach(
        entry -> {
          visited.add(entry.alias());
          for (Entry other : QueueEntries.of(queue)) {
            queue.remove(other);
          }
        });
    assertEquals(1, visited.size(), visited.toString());
  }

  @Test
  void whatAKilledWriterLeftIsSwept() throws Exception {
    Files.createDirectory(files);
    for (String name : List.of("a", "b")) {
      Path left = Files.createFile(files.resolve(".keyhold-" + name.repeat(32) + ".part"));
      RewrapQueue queue = new RewrapQueue(files);
      try (WholeFile live = WholeFile.shared(files.resolve("entry"))) {
        if (name.equals("a")) {
          assertEquals(List.of(), QueueEntries.of(queue));
        } else {
          queue.add("orders", "orders", epochHeader);
        }
        assertFalse(Files.exists(left), "nobody sweeps what was left");
        assertTrue(Files.exists(live.part()), "what is being written is swept");
        assertTrue(PartFiles.isOne(live.part()));
      }
    }
  }
}
