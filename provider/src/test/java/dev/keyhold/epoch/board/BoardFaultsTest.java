package dev.keyhold.epoch.board;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.keyhold.envelope.Envelope;
import dev.keyhold.epoch.EpochLimits;
import dev.keyhold.gate.FakeBackend;
import dev.keyhold.keys.SeveralKeysFixture;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.object.Engine;
import dev.keyhold.object.HeaderMac;
import dev.keyhold.policy.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes on beside a board, or under its load. */
class BoardFaultsTest {
  private static final byte[] PLAIN = {1, 2, 3};

  @TempDir Path folder;
  private Path board;
  private final AtomicLong now = new AtomicLong(Duration.ofDays(20_000).toNanos());
  private final EpochLimits limits = new EpochLimits(16, now::get, () -> now.get() / 1_000_000);

  @BeforeEach
  void makeTheBoard() throws IOException {
    board = Files.createDirectory(folder.resolve("board"));
  }

  private SeveralKeysFixture fixture(String... lines) throws Exception {
    Stream<String> common = Stream.of("board = " + board, "board.deadline = 60s");
    return new SeveralKeysFixture(
        folder, limits, Stream.concat(common, Stream.of(lines)).toArray(String[]::new));
  }

  private List<Path> entries() throws IOException {
    try (Stream<Path> files = Files.list(board)) {
      return files.sorted().toList();
    }
  }

  @Test
  void moreLooksThanThreadsAreNoFailure() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Board slow =
        new Board() {
          @Override
          public Optional<byte[]> read(Place place) throws IOException {
            try {
              go.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            return Optional.of(PLAIN);
          }

          @Override
          public boolean putIfAbsent(Place place, byte[] entry) {
            return true;
          }

          @Override
          public void forget(String series, long before) {}

          @Override
          public void close() {}
        };
    Board.Place place = new Board.Place("0".repeat(64), 1, 0);
    ExecutorService threads = Executors.newFixedThreadPool(40);
    try (GuardedBoard guarded = new GuardedBoard(slow, Duration.ofSeconds(60), now::get)) {
      List<Future<Optional<byte[]>>> looks = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        looks.add(threads.submit(() -> guarded.read(place)));
      }
      go.countDown();
      for (Future<Optional<byte[]>> look : looks) {
        assertArrayEquals(PLAIN, look.get(60, TimeUnit.SECONDS).orElseThrow());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void whatIsUsedUpIsNotOfferedAgainInALaterPart() throws Exception {
    String[] lines = {"key.* = one", "key.*.data-keys = epoch", "key.*.max-objects = 1"};
    try (SeveralKeysFixture fixture = fixture(lines)) {
      byte[] first = fixture.seal("orders", PLAIN);
      Path file = entries().get(0);
      String name = file.getFileName().toString();
      Files.copy(file, board.resolve(name.substring(0, name.length() - 1) + "2"));
      byte[] second = fixture.seal("orders", PLAIN);
      byte[] third = fixture.seal("orders", PLAIN);
      assertFalse(Arrays.equals(first, 0, 256, second, 0, 256));
      assertFalse(Arrays.equals(first, 0, 256, third, 0, 256));
    }
  }

  @Test
  void withAKeyOutOfReachThatWasNeverSeenTheQuorumStillHolds() throws Exception {
    String[] lines = {
      "key.orders = any-of(one, two)", "key.orders.data-keys = epoch", "key.orders.write-quorum = 1"
    };
    try (SeveralKeysFixture fixture = fixture(lines)) {
      FakeBackend two = fixture.backend("two");
      two.knowsIdentities = false;
      two.fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "down");
      byte[] object = fixture.seal("orders", PLAIN);
      assertArrayEquals(PLAIN, fixture.open("orders", object));
      assertEquals(0, entries().size(), "what lacks a key is not shared");
    }
  }

  @Test
  void whatAFormerVersionWrappedIsNotTaken() throws Exception {
    try (SeveralKeysFixture fixture = fixture("key.* = one", "key.*.data-keys = epoch");
        Envelope other = fixture.process(limits)) {
      byte[] before = fixture.seal("orders", PLAIN);
      fixture.backend("one").rotate("orders");
      byte[] after = SeveralKeysFixture.seal(other, fixture.policy("orders"), PLAIN);
      assertFalse(Arrays.equals(before, 0, 256, after, 0, 256));
      assertArrayEquals(PLAIN, fixture.open("orders", after));
    }
  }

  @Test
  void whoeverHasOneKeyOfAnAnyOfGivesTheOthersNoHeaderThatLacksTheirs() throws Exception {
    String[] lines = {"key.orders = any-of(one, two)", "key.orders.data-keys = epoch"};
    try (SeveralKeysFixture evil = fixture(lines);
        SeveralKeysFixture victim = fixture(lines)) {
      evil.backend("one").shareKeysOf(victim.backend("one"));
      byte[] forged = evil.seal("orders", PLAIN); // its key at two is another one of that name
      assertEquals(1, entries().size());
      byte[] object = victim.seal("orders", PLAIN);
      assertFalse(Arrays.equals(forged, 0, 512, object, 0, 512));
      victim.backend("one").fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "gone");
      assertArrayEquals(PLAIN, victim.open("orders", object));
    }
  }

  /** What somebody can make who knows an epoch key and has the use of the alias's keys. */
  @Test
  void aPassAndAHeaderOfTwoKeysAreNotTaken() throws Exception {
    String[] lines = {"key.* = one", "key.*.data-keys = epoch"};
    try (SeveralKeysFixture fixture = fixture(lines);
        SeveralKeysFixture alone = fixture.elsewhere(folder, limits, lines)) {
      AtomicReference<byte[]> ours = new AtomicReference<>();
      AtomicReference<byte[]> theirs = new AtomicReference<>();
      fixture.backend("one").wrapping = key -> ours.set(key.clone());
      alone.backend("one").wrapping = key -> theirs.set(key.clone());
      fixture.seal("orders", PLAIN);
      byte[] header = SeveralKeysFixture.headerOf(alone.seal("orders", PLAIN));
      Path file = entries().get(0);
      BoardEntry entry = BoardEntry.parse(Files.readAllBytes(file));
      List<byte[]> forged =
          List.of(header, underMacOf(ours.get(), header), underMacOf(theirs.get(), entry.header()));
      for (byte[] each : forged) {
        Files.write(file, new BoardEntry(entry.pass(), each).encode());
        try (Envelope victim = fixture.process(limits)) {
          byte[] object = SeveralKeysFixture.seal(victim, fixture.policy("orders"), PLAIN);
          assertFalse(Arrays.equals(each, SeveralKeysFixture.headerOf(object)));
          assertArrayEquals(PLAIN, fixture.open("orders", object));
        }
      }
    }
  }

  private static byte[] underMacOf(byte[] topKey, byte[] header) {
    byte[] copy = header.clone();
    HeaderMac.put(new Engine.Pool(1), topKey, copy);
    return copy;
  }

  @Test
  void aPipeInThePlaceOfAnEntryHoldsNobody() throws Exception {
    try (SeveralKeysFixture fixture = fixture("key.* = one", "key.*.data-keys = epoch");
        Envelope other = fixture.process(limits)) {
      fixture.seal("orders", PLAIN);
      Path file = entries().get(0);
      Files.delete(file);
      assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
      byte[] object = SeveralKeysFixture.seal(other, fixture.policy("orders"), PLAIN);
      assertArrayEquals(PLAIN, fixture.open("orders", object));
      Policy tenant = fixture.policyOf("acme");
      SeveralKeysFixture.seal(other, tenant, PLAIN);
      assertEquals(2, entries().size(), "the board is not left alone for it");
    }
  }

  @Test
  void whatIsOldGoesWhoseverItWas() throws Exception {
    Path gone = Files.writeString(board.resolve("0".repeat(64) + "-1-0"), "of a tenant that left");
    Path half =
        Files.writeString(
            board.resolve(".keyhold-" + "0".repeat(32) + ".part"), "of a writer that was killed");
    Path other = Files.writeString(board.resolve("notes.txt"), "none of ours");
    for (Path file : List.of(gone, half, other)) {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(4))));
    }
    Path young = Files.writeString(board.resolve("1".repeat(64) + "-1-0"), "another alias's");
    try (SeveralKeysFixture fixture = fixture("key.* = one", "key.*.data-keys = epoch")) {
      fixture.seal("orders", PLAIN);
    }
    assertFalse(Files.exists(gone));
    assertFalse(Files.exists(half));
    assertEquals(3, entries().size(), "the new one, " + young + ", and " + other);
  }
}
