package dev.keyhold.epoch.board;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.envelope.Envelope;
import dev.keyhold.epoch.EpochLimits;
import dev.keyhold.keys.SeveralKeysFixture;
import dev.keyhold.policy.Declared;
import dev.keyhold.policy.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What somebody can do who may write to the board, and nothing else. */
class ForgedBoardTest {
  private static final byte[] PLAIN = {1, 2, 3};

  @TempDir Path folder;
  private final EpochLimits limits =
      new EpochLimits(1024, System::nanoTime, () -> Duration.ofDays(20_000).toMillis());
  private Path board;

  @BeforeEach
  void makeTheBoard() throws IOException {
    board = Files.createDirectory(folder.resolve("board"));
  }

  private SeveralKeysFixture fixture(String... lines) throws Exception {
    String[] all =
        Stream.concat(
                Stream.of(lines),
                Stream.of("board = " + board.toAbsolutePath(), "board.deadline = 60s"))
            .toArray(String[]::new);
    return new SeveralKeysFixture(folder, limits, all);
  }

  private List<Path> entries() throws IOException {
    try (Stream<Path> files = Files.list(board)) {
      return files.sorted().toList();
    }
  }

  private static Policy declaring(Policy policy, String tenant, String purpose, String ticket)
      throws Exception {
    return policy.forObjects(
        new Declared(
            Optional.ofNullable(tenant),
            Optional.ofNullable(purpose),
            Optional.ofNullable(ticket)));
  }

  private static boolean sameHeader(byte[] one, byte[] other) {
    return Arrays.equals(SeveralKeysFixture.headerOf(one), SeveralKeysFixture.headerOf(other));
  }

  /** Aliases, shapes of the same keys, tenants, purposes, tickets: each in the place of each. */
  @Test
  void anEntryServesNoOtherUseOfTheSameKeys() throws Exception {
    try (SeveralKeysFixture fixture =
        fixture(
            "key.orders = one",
            "key.invoices = one:orders",
            "key.any = any-of(one:orders, two:orders)",
            "key.all = all-of(one:orders, two:orders)",
            "key.longer = one:orders",
            "key.longer.binding = orders",
            "key.longer.max-age = 10m",
            "key.orders.data-keys = epoch",
            "key.invoices.data-keys = epoch",
            "key.any.data-keys = epoch",
            "key.all.data-keys = epoch",
            "key.longer.data-keys = epoch")) {
      Policy orders = fixture.policy("orders");
      List<Policy> uses = new ArrayList<>(List.of(orders));
      for (String alias : List.of("invoices", "any", "all", "longer")) {
        uses.add(fixture.policy(alias));
      }
      uses.add(declaring(orders, "acme", null, null));
      uses.add(declaring(orders, "globex", null, null));
      uses.add(declaring(orders, null, "billing", null));
      uses.add(declaring(orders, null, "support", null));
      uses.add(declaring(orders, null, "support", "INC-7"));
      uses.add(declaring(orders, null, "support", "INC-8"));
      uses.add(declaring(orders, "acme", "support", "INC-8"));
      Map<Path, Policy> places = new HashMap<>();
      Map<Path, byte[]> genuine = new HashMap<>();
      Map<Path, byte[]> objects = new HashMap<>();
      for (Policy use : uses) {
        List<Path> before = entries();
        byte[] object = fixture.seal(use, PLAIN);
        List<Path> made = new ArrayList<>(entries());
        made.removeAll(before);
        assertEquals(1, made.size(), "a series of its own");
        places.put(made.get(0), use);
        genuine.put(made.get(0), Files.readAllBytes(made.get(0)));
        objects.put(made.get(0), object);
      }
      for (Path stolen : places.keySet()) {
        for (Path place : places.keySet()) {
          Files.write(place, genuine.get(stolen));
          try (Envelope victim = fixture.process(limits)) {
            byte[] object = SeveralKeysFixture.seal(victim, places.get(place), PLAIN);
            String what = places.get(stolen).access() + " as " + places.get(place).access();
            assertEquals(stolen.equals(place), sameHeader(objects.get(stolen), object), what);
            assertArrayEquals(PLAIN, fixture.open(places.get(place), object), what);
          }
          Files.write(place, genuine.get(place));
        }
      }
    }
  }

  /** An entry that is genuine in all, but leads elsewhere, or is no file. */
  @Test
  @Timeout(300)
  void whatIsNoFileIsNotRead() throws Exception {
    try (SeveralKeysFixture fixture = fixture("key.* = one", "key.*.data-keys = epoch")) {
      byte[] first = fixture.seal("orders", PLAIN);
      Path entry = entries().get(0);
      Path elsewhere = Files.move(entry, folder.resolve("genuine"));
      Files.createSymbolicLink(entry, elsewhere);
      assertOwnKey(fixture, first, "a link to a genuine entry");
      Files.delete(entry);
      Files.createSymbolicLink(entry, Path.of("/dev/zero"));
      assertOwnKey(fixture, first, "a link to a device");
      Files.delete(entry);
      Files.createSymbolicLink(entry, folder.resolve("nowhere"));
      assertOwnKey(fixture, first, "a link that leads nowhere");
      assertFalse(Files.exists(folder.resolve("nowhere")), "written through a link");
      Files.delete(entry);
      Files.createDirectory(entry);
      Files.createFile(entry.resolve("full"));
      assertOwnKey(fixture, first, "a folder");
      Files.delete(entry.resolve("full"));
      Files.delete(entry);
      Files.copy(elsewhere, entry);
      try (Envelope other = fixture.process(limits)) {
        byte[] object = SeveralKeysFixture.seal(other, fixture.policy("orders"), PLAIN);
        assertTrue(sameHeader(first, object), "the board was left alone for none of it");
      }
    }
  }

  private void assertOwnKey(SeveralKeysFixture fixture, byte[] first, String what)
      throws Exception {
    try (Envelope other = fixture.process(limits)) {
      byte[] object = SeveralKeysFixture.seal(other, fixture.policy("orders"), PLAIN);
      assertFalse(sameHeader(first, object), what);
      assertArrayEquals(PLAIN, fixture.open("orders", object), what);
    }
  }

  @Test
  void whatCannotBeSweptKeepsNothingElse() throws Exception {
    Path folderOfThatName = Files.createDirectory(board.resolve("0".repeat(64) + "-1-0"));
    Files.createFile(folderOfThatName.resolve("full"));
    Path victim = Files.writeString(folder.resolve("victim"), "of somebody else");
    Path link = Files.createSymbolicLink(board.resolve("2".repeat(64) + "-1-0"), victim);
    List<Path> old = new ArrayList<>(List.of(folderOfThatName));
    for (int i = 1; i <= 500; i++) {
      old.add(Files.createFile(board.resolve("1".repeat(64) + "-" + i + "-0")));
    }
    FileTime then = FileTime.from(Instant.now().minus(Duration.ofDays(4)));
    for (Path each : old) {
      Files.setLastModifiedTime(each, then);
    }
    Files.setLastModifiedTime(victim, then);
    new DirectoryBoard(board).forget("2".repeat(64), 5);
    assertEquals(List.of(folderOfThatName), entries());
    assertFalse(Files.exists(link, LinkOption.NOFOLLOW_LINKS));
    assertEquals("of somebody else", Files.readString(victim));
  }

  @Test
  void sweepingEndsWhenNobodyWaits() throws Exception {
    Path old = Files.createFile(board.resolve("1".repeat(64) + "-1-0"));
    Thread.currentThread().interrupt();
    try {
      new DirectoryBoard(board).forget("1".repeat(64), 5);
    } finally {
      assertTrue(Thread.interrupted());
    }
    assertTrue(Files.exists(old));
  }
}
