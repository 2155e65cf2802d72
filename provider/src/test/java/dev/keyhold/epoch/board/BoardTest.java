package dev.keyhold.epoch.board;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.envelope.Envelope;
import dev.keyhold.epoch.EpochLimits;
import dev.keyhold.keys.SeveralKeysFixture;
import dev.keyhold.object.Cobblestone;
import dev.keyhold.object.Header;
import dev.keyhold.policy.Policy;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes that share epoch keys by a directory, and what a board can do to them. */
class BoardTest {
  private static final byte[] PLAIN = {1, 2, 3};

  @TempDir Path folder;
  private Path board;
  private String[] lines;
  private final AtomicLong now = new AtomicLong(Duration.ofDays(20_000).toNanos());
  private final EpochLimits limits = new EpochLimits(1024, now::get, () -> now.get() / 1_000_000);

  @BeforeEach
  void makeTheBoard() throws IOException {
    board = Files.createDirectory(folder.resolve("board"));
    lines =
        new String[] {
          "key.* = one",
          "key.*.data-keys = epoch",
          "board = " + board.toAbsolutePath(),
          "board.deadline = 60s"
        };
  }

  private SeveralKeysFixture writer() throws Exception {
    return new SeveralKeysFixture(folder, limits, lines);
  }

  private List<Path> entries() throws IOException {
    try (Stream<Path> files = Files.list(board)) {
      return files.sorted().toList();
    }
  }

  private static boolean sameHeader(byte[] one, byte[] other) {
    return Arrays.equals(one, 0, 256, other, 0, 256);
  }

  @Test
  void processesShareOneEpochKey() throws Exception {
    try (SeveralKeysFixture first = writer();
        SeveralKeysFixture second = first.elsewhere(folder, limits, lines);
        SeveralKeysFixture reader = first.elsewhere(folder, limits, lines)) {
      byte[] one = first.seal("orders", PLAIN);
      assertEquals(3, first.backend("one").calls.get(), "header, a look whether it opens, pass");
      byte[] other = second.seal("orders", PLAIN);
      assertEquals(3, second.backend("one").calls.get(), "which version; pass and header");
      assertTrue(sameHeader(one, other));
      assertFalse(
          Arrays.equals(one, 256, 256 + Cobblestone.PREFIX, other, 256, 256 + Cobblestone.PREFIX));
      assertArrayEquals(PLAIN, reader.open("orders", one));
      assertArrayEquals(PLAIN, reader.open("orders", other));
      assertEquals(1, reader.backend("one").calls.get());
    }
  }

  @Test
  void aSlotEndsAndItsEntriesAreForgottenLater() throws Exception {
    try (SeveralKeysFixture fixture = writer()) {
      byte[] last = fixture.seal("orders", PLAIN);
      for (int slot = 0; slot < 40; slot++) {
        now.addAndGet(Duration.ofMinutes(5).toNanos());
        byte[] next = fixture.seal("orders", PLAIN);
        assertFalse(sameHeader(last, next));
        last = next;
      }
      assertEquals(13, entries().size(), "of the last hour");
    }
  }

  @Test
  void withinASlotAFreshLookMayFindTheSameKeyAgain() throws Exception {
    try (SeveralKeysFixture early = writer();
        SeveralKeysFixture late = early.elsewhere(folder, limits, lines)) {
      early.seal("orders", PLAIN);
      now.addAndGet(Duration.ofSeconds(200).toNanos());
      byte[] before = late.seal("orders", PLAIN);
      now.addAndGet(Duration.ofSeconds(100).toNanos());
      byte[] after = early.seal("orders", PLAIN);
      assertFalse(sameHeader(before, after), "the next slot");
      now.addAndGet(Duration.ofSeconds(250).toNanos());
      assertTrue(sameHeader(after, late.seal("orders", PLAIN)), "late renews, and finds the same");
      assertEquals(6, late.backend("one").calls.get());
    }
  }

  @Test
  void oneThatIsUsedUpHasASuccessorInItsSlot() throws Exception {
    String[] few =
        Stream.concat(Stream.of(lines), Stream.of("key.*.max-objects = 2")).toArray(String[]::new);
    try (SeveralKeysFixture first = new SeveralKeysFixture(folder, limits, few);
        SeveralKeysFixture second = first.elsewhere(folder, limits, few)) {
      List<byte[]> ofFirst = new ArrayList<>();
      List<byte[]> ofSecond = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        ofFirst.add(first.seal("orders", PLAIN));
        ofSecond.add(second.seal("orders", PLAIN));
      }
      assertEquals(
          3, ofFirst.stream().map(o -> Arrays.hashCode(Arrays.copyOf(o, 256))).distinct().count());
      for (int i = 0; i < 6; i++) {
        assertTrue(sameHeader(ofFirst.get(i), ofSecond.get(i)));
      }
      assertEquals(3, entries().size());
    }
  }

  /** Renewed early in its slot, it is found again: what was done under it still counts. */
  @ParameterizedTest
  @ValueSource(strings = {"key.*.max-objects = 6", "key.*.max-bytes = 18"})
  @Timeout(120)
  void oneThatIsFoundAgainHasServedAsManyObjectsAsBefore(String bound) throws Exception {
    String[] few = Stream.concat(Stream.of(lines), Stream.of(bound)).toArray(String[]::new);
    try (SeveralKeysFixture fixture = new SeveralKeysFixture(folder, limits, few)) {
      AtomicReference<byte[]> topKey = new AtomicReference<>();
      fixture.backend("one").wrapping = topKey::set;
      byte[] first = fixture.seal("orders", PLAIN);
      fixture.seal("orders", PLAIN);
      fixture.seal("orders", PLAIN);
      now.addAndGet(Duration.ofSeconds(280).toNanos());
      assertTrue(sameHeader(first, fixture.seal("orders", PLAIN)), "it is renewed meanwhile");
      while (!Arrays.equals(new byte[32], topKey.get())) { // until another thread has done that
        assertFalse(Thread.currentThread().isInterrupted(), "it takes too long");
        Thread.onSpinWait();
      }
      assertTrue(sameHeader(first, fixture.seal("orders", PLAIN)), "the fifth, under the same");
      assertTrue(sameHeader(first, fixture.seal("orders", PLAIN)), "the sixth");
      assertFalse(sameHeader(first, fixture.seal("orders", PLAIN)), "it is used up");
    }
  }

  @Test
  void tenantsShareNoEpochKey() throws Exception {
    try (SeveralKeysFixture first = writer();
        SeveralKeysFixture second = first.elsewhere(folder, limits, lines)) {
      Policy policy = first.policy("orders");
      byte[] acme = first.seal(first.policyOf("acme"), PLAIN);
      byte[] other = first.seal(first.policyOf("other"), PLAIN);
      byte[] nobody = first.seal(policy, PLAIN);
      assertFalse(sameHeader(acme, other));
      assertFalse(sameHeader(acme, nobody));
      assertTrue(sameHeader(acme, second.seal(second.policyOf("acme"), PLAIN)));
      assertEquals(3, entries().size());
    }
  }

  @Test
  void aDayOfAFleetCostsItsReaderOneCallASlot() throws Exception {
    aDayOf(2000, 2, 1);
  }

  @Test
  @Tag("soak")
  void aDayOfAFleetAndAMillionObjects() throws Exception {
    aDayOf(2000, 50, 10);
  }

  /** What writers make at random times of a day is read by one who was not there. */
  private void aDayOf(int writers, int bursts, int objects) throws Exception {
    Path store = folder.resolve("objects");
    int count = writers * bursts * objects;
    try (SeveralKeysFixture fixture = writer();
        SeveralKeysFixture reader = fixture.elsewhere(folder, limits, lines)) {
      write(fixture, writers, writers * bursts, objects, store);
      try (DataInputStream in =
          new DataInputStream(new BufferedInputStream(Files.newInputStream(store)))) {
        for (int i = 0; i < count; i++) {
          assertArrayEquals(PLAIN, reader.open("orders", in.readNBytes(in.readInt())));
        }
      }
      int calls = reader.backend("one").calls.get();
      assertTrue(calls <= 300, calls + " unwraps");
      assertTrue(calls >= 288, calls + " unwraps: fewer than there are slots");
    }
  }

  private void write(SeveralKeysFixture fixture, int writers, int bursts, int objects, Path store)
      throws Exception {
    Random random = new Random(1);
    long start = now.get();
    List<Envelope> processes = new ArrayList<>();
    for (int i = 0; i < writers; i++) {
      processes.add(fixture.process(limits));
    }
    Policy policy = fixture.policy("orders");
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(store)))) {
      for (long time : random.longs(bursts, 0, Duration.ofDays(1).toNanos()).sorted().toArray()) {
        now.set(start + time);
        Envelope process = processes.get(random.nextInt(writers));
        for (int i = 0; i < objects; i++) {
          byte[] object = SeveralKeysFixture.seal(process, policy, PLAIN);
          out.writeInt(object.length);
          out.write(object);
        }
      }
    } finally {
      processes.forEach(Envelope::close);
    }
  }

  @Test
  void whatIsForgedAnywhereIsNotUsedAndHarmsNobody() throws Exception {
    try (SeveralKeysFixture first = writer()) {
      byte[] genuine = first.seal("orders", PLAIN);
      Path file = entries().get(0);
      byte[] entry = Files.readAllBytes(file);
      assertEquals(8 + 256 + 256, entry.length);
      for (int i = 0; i < entry.length; i++) {
        byte[] forged = entry.clone();
        forged[i] ^= 1;
        Files.write(file, forged);
        assertOwnKey(first, genuine, "byte " + i);
      }
      for (int length : new int[] {0, 7, 8, 100, 264, 265, 519}) {
        Files.write(file, Arrays.copyOf(entry, length));
        assertOwnKey(first, genuine, "cut at " + length);
      }
      Files.write(file, Arrays.copyOf(entry, entry.length + 1));
      assertOwnKey(first, genuine, "a byte more");
      Files.write(file, new byte[1 << 22]);
      assertOwnKey(first, genuine, "4 MiB");
    }
  }

  /** Another process makes a key of its own, and its object opens. */
  private void assertOwnKey(SeveralKeysFixture first, byte[] genuine, String what)
      throws Exception {
    try (Envelope other = first.process(limits)) {
      byte[] object = SeveralKeysFixture.seal(other, first.policy("orders"), PLAIN);
      assertFalse(sameHeader(genuine, object), what);
      assertArrayEquals(PLAIN, first.open("orders", object), what);
    }
  }

  @Test
  void anEntryOfAnotherTimeAliasOrTenantDoesNotServe() throws Exception {
    try (SeveralKeysFixture first = writer()) {
      byte[] old = first.seal("orders", PLAIN);
      byte[] entry = Files.readAllBytes(entries().get(0));
      now.addAndGet(Duration.ofMinutes(5).toNanos());
      byte[] present = first.seal("orders", PLAIN);
      Path file = entries().get(1);
      Files.write(file, entry);
      assertOwnKey(first, old, "an old one");
      assertOwnKey(first, present, "an old one in its place");

      Policy acme = first.policyOf("acme");
      byte[] ofTenant = first.seal(acme, PLAIN);
      Path third =
          entries().stream()
              .filter(f -> !f.toString().contains(file.getFileName().toString().substring(0, 64)))
              .findFirst()
              .orElseThrow();
      Files.write(file, Files.readAllBytes(third));
      assertOwnKey(first, ofTenant, "a tenant's");
    }
  }

  @Test
  void aBoardThatOffersWhatIsUsedUpIsNotFollowed() throws Exception {
    String[] few =
        Stream.concat(Stream.of(lines), Stream.of("key.*.max-objects = 1")).toArray(String[]::new);
    try (SeveralKeysFixture fixture = new SeveralKeysFixture(folder, limits, few)) {
      byte[] first = fixture.seal("orders", PLAIN);
      Path file = entries().get(0);
      String name = file.getFileName().toString();
      Files.copy(file, board.resolve(name.substring(0, name.length() - 1) + "1"));
      byte[] second = fixture.seal("orders", PLAIN);
      assertFalse(sameHeader(first, second));
    }
  }

  @Test
  void withoutTheDirectoryItGoesOnAlone() throws Exception {
    Files.delete(board);
    try (SeveralKeysFixture first = writer()) {
      byte[] object = first.seal("orders", PLAIN);
      assertArrayEquals(PLAIN, first.open("orders", object));
      Files.createDirectory(board);
      now.addAndGet(Duration.ofMinutes(5).toNanos());
      first.seal("orders", PLAIN);
      assertEquals(1, entries().size(), "it is back");
    }
  }

  @Test
  void aFullBoardIsNoErrorOfWhoeverEncrypts() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    Board full =
        new Board() {
          @Override
          public Optional<byte[]> read(Place place) {
            looks.incrementAndGet();
            return Optional.empty();
          }

          @Override
          public boolean putIfAbsent(Place place, byte[] entry) throws IOException {
            looks.incrementAndGet();
            throw new IOException("No space left on device");
          }

          @Override
          public void forget(String series, long before) {
            looks.incrementAndGet();
          }

          @Override
          public void close() {}
        };
    Board.Place place = new Board.Place("0".repeat(64), 1, 0);
    try (GuardedBoard guarded = new GuardedBoard(full, Duration.ofSeconds(60), now::get)) {
      assertEquals(Optional.empty(), guarded.read(place));
      assertTrue(guarded.putIfAbsent(place, PLAIN));
      guarded.forget(place.series(), 1);
      assertEquals(2, looks.get(), "it is left alone after the failure");
    }
  }

  /**
   * A look whose deadline ends before its thread began is none, so each kind is tried, at another
   * place each time, until one has come to the board.
   */
  @Test
  void aBoardThatHangsIsLeftAloneForAWhile() {
    List<Board.Place> looks = new CopyOnWriteArrayList<>();
    Board hung =
        new Board() {
          @Override
          public Optional<byte[]> read(Place place) throws IOException {
            looks.add(place);
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            return Optional.empty();
          }

          @Override
          public boolean putIfAbsent(Place place, byte[] entry) {
            return looks.add(place);
          }

          @Override
          public void forget(String series, long before) {}

          @Override
          public void close() {}
        };
    try (GuardedBoard guarded = new GuardedBoard(hung, Duration.ofMillis(20), now::get)) {
      Board.Place read = place(0);
      assertEquals(Optional.empty(), guarded.read(read));
      for (int i = 1; i < 1000 && !looks.contains(read); i++) {
        now.addAndGet(GuardedBoard.PAUSE.toNanos());
        read = place(i);
        assertEquals(Optional.empty(), guarded.read(read));
      }
      assertEquals(Optional.empty(), guarded.read(read));
      assertTrue(guarded.putIfAbsent(read, PLAIN));
      assertEquals(1, Collections.frequency(looks, read), "it is left alone");
      Board.Place put = place(1000);
      for (int i = 1001; i < 2000 && !looks.contains(put); i++) {
        now.addAndGet(GuardedBoard.PAUSE.toNanos());
        put = place(i);
        assertTrue(guarded.putIfAbsent(put, PLAIN));
      }
      assertTrue(looks.contains(put), "it is asked again after the pause");
    }
  }

  private static Board.Place place(long slot) {
    return new Board.Place("0".repeat(64), slot, 0);
  }

  /** What a thief of the board's directory does: he puts an entry where another should be. */
  @Test
  void anEntryServesInItsOwnSeriesAndTimeAlone() throws Exception {
    String[] longer = lines.clone();
    longer[1] = "key.*.data-keys = epoch\nkey.*.max-age = 10m";
    try (SeveralKeysFixture short5 = writer();
        SeveralKeysFixture long10 = short5.elsewhere(folder, limits, longer);
        SeveralKeysFixture victim = short5.elsewhere(folder, limits, longer)) {
      byte[] ofShort = short5.seal("orders", PLAIN);
      Path entry = entries().get(0);
      byte[] stolen = Files.readAllBytes(entry);
      long10.seal("orders", PLAIN);
      for (Path each : entries()) {
        if (!each.equals(entry)) {
          // even under the number of the other's slot
          Files.write(each, stolen);
        }
      }
      assertFalse(sameHeader(ofShort, victim.seal("orders", PLAIN)));
    }
  }

  @Test
  void aClockThatIsSetBackBringsNoEntryBack() throws Exception {
    try (SeveralKeysFixture fixture = writer()) {
      byte[] first = fixture.seal("orders", PLAIN);
      AtomicLong wall = new AtomicLong(now.get() / 1_000_000);
      EpochLimits own = new EpochLimits(16, now::get, wall::get);
      try (Envelope process = fixture.process(own)) {
        assertTrue(
            sameHeader(first, SeveralKeysFixture.seal(process, fixture.policy("orders"), PLAIN)));
        now.addAndGet(Duration.ofMinutes(5).toNanos());
        wall.addAndGet(Duration.ofMinutes(5).toMillis());
        SeveralKeysFixture.seal(process, fixture.policy("orders"), PLAIN);
        now.addAndGet(Duration.ofMinutes(5).toNanos());
        wall.addAndGet(-Duration.ofMinutes(5).toMillis());
        assertFalse(
            sameHeader(first, SeveralKeysFixture.seal(process, fixture.policy("orders"), PLAIN)));
      }
    }
  }

  @Test
  void entriesOfTheFormerFormAreNotRead() throws Exception {
    try (SeveralKeysFixture fixture = writer();
        SeveralKeysFixture other = fixture.elsewhere(folder, limits, lines)) {
      byte[] first = fixture.seal("orders", PLAIN);
      Path entry = entries().get(0);
      byte[] bytes = Files.readAllBytes(entry);
      assertEquals(2, bytes[4]);
      bytes[4] = 1;
      Files.write(entry, bytes);
      Header.MalformedHeaderException refused =
          org.junit.jupiter.api.Assertions.assertThrows(
              Header.MalformedHeaderException.class, () -> BoardEntry.parse(bytes));
      assertTrue(refused.getMessage().contains("version 1"), refused.getMessage());
      assertFalse(sameHeader(first, other.seal("orders", PLAIN)));
    }
  }
}
