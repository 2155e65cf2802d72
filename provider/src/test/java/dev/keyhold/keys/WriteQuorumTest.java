package dev.keyhold.keys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.epoch.EpochLimits;
import dev.keyhold.gate.FakeBackend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.object.Combinator;
import dev.keyhold.object.Header;
import dev.keyhold.platform.OnceAMinute;
import dev.keyhold.rewrap.QueueEntries;
import dev.keyhold.rewrap.RewrapQueue;
import dev.keyhold.rewrap.RewrapQueue.Entry;
import dev.keyhold.rewrap.RewrapQueueWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/** A region that is lost while objects are written, and comes back. */
class WriteQuorumTest {
  private static final byte[] PLAIN = new byte[1000];
  private static final String[] ONE_IS_ENOUGH = {
    "key.orders = any-of(one, two)", "key.orders.write-quorum = 1"
  };
  private static final String[] EPOCH = {
    "key.orders = any-of(one, two)", "key.orders.write-quorum = 1", "key.orders.data-keys = epoch"
  };

  @TempDir Path folder;
  private final AtomicLong now = new AtomicLong();
  private final EpochLimits limits = new EpochLimits(16, now::get, () -> 0);

  private SeveralKeysFixture fixture(String... lines) throws Exception {
    return new SeveralKeysFixture(folder, limits, lines);
  }

  private static void lose(FakeBackend backend) {
    backend.fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "the region is gone");
  }

  private static Header header(byte[] object) throws Exception {
    return Header.parse(SeveralKeysFixture.headerOf(object));
  }

  @ParameterizedTest
  @ValueSource(strings = {"one", "two"})
  void withoutARegionObjectsAreWrittenForTheOtherAndARewrapAddsIt(String lost) throws Exception {
    String left = lost.equals("one") ? "two" : "one";
    try (SeveralKeysFixture fixture = fixture(ONE_IS_ENOUGH);
        SeveralKeysFixture reader = fixture.elsewhere(folder, ONE_IS_ENOUGH)) {
      lose(fixture.backend(lost));
      byte[] object = fixture.seal("orders", PLAIN);
      assertSame(Combinator.ANY_OF, header(object).combinator());
      assertEquals(1, header(object).recipients().size());
      assertArrayEquals(PLAIN, reader.open("orders", object));
      BackendException refused =
          assertThrows(BackendException.class, () -> fixture.rewrap("orders", object));
      assertSame(Reason.UNAVAILABLE, refused.reason());

      fixture.backend(lost).fault = () -> {};
      assertEquals(2, header(fixture.seal("orders", PLAIN)).recipients().size());
      byte[] rewrapped = fixture.rewrap("orders", object);
      assertEquals(2, header(rewrapped).recipients().size());
      lose(reader.backend(left));
      assertArrayEquals(PLAIN, reader.open("orders", rewrapped));
      assertThrows(BackendException.class, () -> reader.open("orders", object));
    }
  }

  @ParameterizedTest
  @EnumSource(value = Reason.class, names = "UNAVAILABLE", mode = Mode.EXCLUDE)
  void whatIsNoOutageIsNotBorneWith(Reason reason) throws Exception {
    try (SeveralKeysFixture fixture = fixture(ONE_IS_ENOUGH)) {
      fixture.backend("two").fault = FakeBackend.Fault.failing(reason, "no");
      BackendException refused =
          assertThrows(BackendException.class, () -> fixture.seal("orders", PLAIN));
      assertSame(reason, refused.reason());
    }
  }

  @Test
  void belowTheQuorumNothingIsWritten() throws Exception {
    try (SeveralKeysFixture fixture =
        fixture("key.orders = any-of(one, one:second, two)", "key.orders.write-quorum = 2")) {
      FakeBackend one = fixture.backend("one");
      one.create(new KeyRequest("second", KeySpec.AES_256, Set.of(Purpose.ENCRYPT)));
      assertEquals(3, header(fixture.seal("orders", PLAIN)).recipients().size());
      lose(fixture.backend("two"));
      byte[] object = fixture.seal("orders", PLAIN);
      assertEquals(2, header(object).recipients().size());
      assertArrayEquals(PLAIN, fixture.open("orders", object));
      fixture.backend("two").fault = () -> {};
      lose(one);
      BackendException refused =
          assertThrows(BackendException.class, () -> fixture.seal("orders", PLAIN));
      assertSame(Reason.UNAVAILABLE, refused.reason());
      assertEquals(1, refused.getSuppressed().length, "of both keys it is said why");
    }
  }

  @Test
  void anInterruptIsNoOutage() throws Exception {
    try (SeveralKeysFixture fixture = fixture(ONE_IS_ENOUGH)) {
      fixture.backend("two").fault =
          () -> {
            throw new BackendException(
                Reason.UNAVAILABLE, "interrupted", new InterruptedException());
          };
      assertThrows(BackendException.class, () -> fixture.seal("orders", PLAIN));
    }
  }

  @Test
  void ofEachAliasTheLogSpeaksOnceAMinute() {
    OnceAMinute warnings = new OnceAMinute(now::get);
    for (int minute = 0; minute < 3; minute++) {
      for (String alias : List.of("orders", "invoices")) {
        assertTrue(warnings.isDue(alias));
        assertFalse(warnings.isDue(alias));
      }
      now.addAndGet(Duration.ofMinutes(1).toNanos() - 1);
      assertFalse(warnings.isDue("orders"));
      now.incrementAndGet();
    }
  }

  @Test
  void anIncompleteEpochKeyIsReplacedAsSoonAsAllAreBack() throws Exception {
    try (SeveralKeysFixture fixture = fixture(EPOCH)) {
      FakeBackend two = fixture.backend("two");
      lose(two);
      byte[] first = fixture.seal("orders", PLAIN);
      assertEquals(1, header(first).recipients().size());

      CountDownLatch tried = new CountDownLatch(1);
      AtomicInteger asked = new AtomicInteger();
      two.fault =
          () -> {
            asked.incrementAndGet();
            tried.countDown();
            throw new BackendException(Reason.UNAVAILABLE, "still gone");
          };
      now.addAndGet(Duration.ofSeconds(29).toNanos());
      fixture.seal("orders", PLAIN);
      assertEquals(0, asked.get(), "it is too early to try");
      now.addAndGet(Duration.ofSeconds(1).toNanos());
      assertArrayEquals(
          SeveralKeysFixture.headerOf(first),
          SeveralKeysFixture.headerOf(fixture.seal("orders", PLAIN)),
          "nobody waits for the try");
      assertTrue(tried.await(60, TimeUnit.SECONDS));
      for (int i = 0; i < 100; i++) {
        fixture.seal("orders", PLAIN);
      }
      assertEquals(1, asked.get(), "one try in 30 seconds");

      two.fault = () -> {};
      byte[] later = first;
      now.addAndGet(Duration.ofSeconds(30).toNanos());
      for (int i = 0; i < 1_000_000 && header(later).recipients().size() < 2; i++) {
        later = fixture.seal("orders", PLAIN);
      }
      assertEquals(2, header(later).recipients().size());
      lose(fixture.backend("one"));
      assertArrayEquals(PLAIN, fixture.open("orders", later));
    }
  }

  @Test
  void inALongOutageEpochsFollowEachOtherAndARewrapCompletesThem() throws Exception {
    try (SeveralKeysFixture fixture = fixture(EPOCH)) {
      lose(fixture.backend("two"));
      byte[] first = fixture.seal("orders", PLAIN);
      now.addAndGet(Duration.ofMinutes(5).toNanos());
      byte[] second = fixture.seal("orders", PLAIN);
      assertFalse(
          MessageDigest.isEqual(
              SeveralKeysFixture.headerOf(first), SeveralKeysFixture.headerOf(second)));
      fixture.backend("two").fault = () -> {};
      for (byte[] object : List.of(first, second)) {
        byte[] rewrapped = fixture.rewrap("orders", object);
        assertEquals(2, header(rewrapped).recipients().size());
        assertArrayEquals(PLAIN, fixture.open("orders", rewrapped));
      }
    }
  }

  @Test
  void aFleetSharesNoEpochKeyThatLacksAKey() throws Exception {
    Path board = Files.createDirectory(folder.resolve("board"));
    String[] lines = Arrays.copyOf(EPOCH, 5);
    lines[3] = "board = " + board.toAbsolutePath();
    lines[4] = "board.deadline = 60s";
    try (SeveralKeysFixture first = fixture(lines);
        SeveralKeysFixture second = first.elsewhere(folder, limits, lines)) {
      lose(first.backend("two"));
      assertEquals(1, header(first.seal("orders", PLAIN)).recipients().size());
      byte[] shared = second.seal("orders", PLAIN);
      assertEquals(2, header(shared).recipients().size(), "the other process sees both regions");

      first.backend("two").fault = () -> {};
      now.addAndGet(Duration.ofSeconds(30).toNanos());
      byte[] later = first.seal("orders", PLAIN);
      for (int i = 0; i < 1_000_000 && header(later).recipients().size() < 2; i++) {
        later = first.seal("orders", PLAIN);
      }
      assertArrayEquals(
          SeveralKeysFixture.headerOf(shared), SeveralKeysFixture.headerOf(later), "the same key");
    }
  }

  private String[] queued() {
    return new String[] {ONE_IS_ENOUGH[0], ONE_IS_ENOUGH[1], "rewrap-queue = queue"};
  }

  @Test
  @Timeout(60)
  void eachIncompleteHeaderIsQueued() throws Exception {
    RewrapQueue queue = new RewrapQueue(folder.resolve("queue"));
    byte[] object;
    try (SeveralKeysFixture fixture = fixture(queued())) {
      fixture.seal("orders", PLAIN);
      lose(fixture.backend("two"));
      object = fixture.seal("orders", PLAIN);
      fixture.seal("orders", PLAIN);
      while (QueueEntries.of(queue).size() < 2) { // another thread writes them
        assertFalse(Thread.currentThread().isInterrupted(), "it takes too long");
      }
    }
    List<Entry> entries = QueueEntries.of(queue);
    assertEquals(2, entries.size());
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(SeveralKeysFixture.headerOf(object));
    Entry own =
        entries.stream()
            .filter(entry -> entry.id().equals(HexFormat.of().formatHex(digest)))
            .findFirst()
            .orElseThrow();
    assertEquals("orders", own.alias());
    assertEquals("orders", own.binding());
    assertEquals(
        header(object).recipients().size(), own.header().orElseThrow().recipients().size());
    queue.remove(own);
    queue.remove(own);
    assertEquals(1, QueueEntries.of(queue).size());
  }

  @Test
  void whatWaitsIsWrittenBeforeItsWriterIsClosed() throws Exception {
    RewrapQueue queue = new RewrapQueue(folder.resolve("queue"));
    try (RewrapQueueWriter writer = new RewrapQueueWriter(queue, Duration.ofSeconds(60))) {
      for (byte i = 0; i < 10; i++) {
        writer.add("orders", "orders", new byte[] {i});
      }
    }
    assertEquals(10, QueueEntries.of(queue).size());
  }

  @Test
  void aQueueThatCannotBeWrittenMakesNothingFail() throws Exception {
    Files.writeString(folder.resolve("queue"), "a file where the folder should be");
    try (SeveralKeysFixture fixture = fixture(queued())) {
      lose(fixture.backend("two"));
      assertArrayEquals(PLAIN, fixture.open("orders", fixture.seal("orders", PLAIN)));
    }
  }

  @Test
  void aDamagedEntryIsShownAsSuch() throws Exception {
    Path queue = Files.createDirectory(folder.resolve("queue"));
    String name = "0".repeat(64) + ".rewrap";
    for (byte[] content :
        new byte[][] {
          {}, {(byte) 0xFF, (byte) 0xFE}, "alias=a\nheader=AAAA".getBytes(StandardCharsets.US_ASCII)
        }) {
      Files.write(queue.resolve(name), content);
      Files.write(queue.resolve("readme.txt"), content);
      List<Entry> entries = QueueEntries.of(new RewrapQueue(queue));
      assertEquals(1, entries.size());
      assertTrue(entries.get(0).header().isEmpty());
    }
  }
}
