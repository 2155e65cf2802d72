package dev.keyhold.epoch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.gate.FakeBackend;
import dev.keyhold.keys.SeveralKeysFixture;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.object.Cobblestone;
import dev.keyhold.object.Header;
import dev.keyhold.object.Prefix;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.crypto.AEADBadTagException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class EpochTest {
  private static final String[] EPOCH = {"key.orders = one", "key.orders.data-keys = epoch"};
  private static final byte[] PLAIN = new byte[20_000];

  @TempDir Path folder;
  private final AtomicLong now = new AtomicLong();

  @BeforeEach
  void fill() {
    Arrays.fill(PLAIN, (byte) 7);
  }

  private final EpochLimits limits = new EpochLimits(16, now::get, () -> 0);

  private static String[] epochWith(String... options) {
    return Stream.concat(Stream.of(EPOCH), Stream.of(options).map(o -> "key.orders." + o))
        .toArray(String[]::new);
  }

  @Test
  void anEpochCostsTwoCallsToWriteAndOneToRead() throws Exception {
    try (SeveralKeysFixture writer = new SeveralKeysFixture(folder, limits, EPOCH);
        SeveralKeysFixture reader = writer.elsewhere(folder, EPOCH)) {
      List<byte[]> objects = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        objects.add(writer.seal("orders", PLAIN));
      }
      assertEquals(
          2, writer.backend("one").calls.get(), "a wrap, and an unwrap to see that it can");
      for (byte[] object : objects) {
        assertArrayEquals(PLAIN, reader.open("orders", object));
      }
      assertEquals(1, reader.backend("one").calls.get());
      assertEquals(100, objects.stream().map(Arrays::hashCode).distinct().count());
    }
  }

  @Test
  void anEpochEndsByItsAge() throws Exception {
    try (SeveralKeysFixture fixture = new SeveralKeysFixture(folder, limits, EPOCH)) {
      byte[] first = fixture.seal("orders", PLAIN);
      now.addAndGet(Duration.ofMinutes(5).toNanos());
      byte[] second = fixture.seal("orders", PLAIN);
      assertEquals(4, fixture.backend("one").calls.get());
      assertFalse(Arrays.equals(Arrays.copyOf(first, 256), Arrays.copyOf(second, 256)));
      assertArrayEquals(PLAIN, fixture.open("orders", first));
      assertArrayEquals(PLAIN, fixture.open("orders", second));
    }
  }

  @Test
  void anEpochEndsByItsObjects() throws Exception {
    try (SeveralKeysFixture fixture =
        new SeveralKeysFixture(folder, limits, epochWith("max-objects = 1"))) {
      for (int i = 0; i < 5; i++) {
        fixture.seal("orders", PLAIN);
      }
      assertEquals(10, fixture.backend("one").calls.get());
    }
  }

  @Test
  void anEpochEndsByItsBytes() throws Exception {
    String[] lines = epochWith("max-bytes = 30000");
    try (SeveralKeysFixture fixture = new SeveralKeysFixture(folder, limits, lines)) {
      byte[] first = fixture.seal("orders", PLAIN);
      byte[] second = fixture.seal("orders", PLAIN);
      byte[] third = fixture.seal("orders", PLAIN);
      assertTrue(headersEqual(first, second));
      assertFalse(headersEqual(second, third));
      assertEquals(4, fixture.backend("one").calls.get());
    }
  }

  @Test
  void inAnOutageItServesAsLongAsThePolicyBears() throws Exception {
    String[] lines = epochWith("max-age = 60s", "max-stale = 1h");
    try (SeveralKeysFixture writer = new SeveralKeysFixture(folder, limits, lines);
        SeveralKeysFixture reader = writer.elsewhere(folder, limits, lines)) {
      byte[] object = writer.seal("orders", PLAIN);
      reader.open("orders", object);
      AtomicInteger asked = failing(Reason.UNAVAILABLE, writer, reader);
      now.addAndGet(Duration.ofMinutes(30).toNanos());
      for (int i = 0; i < 100; i++) {
        assertTrue(headersEqual(object, writer.seal("orders", PLAIN)));
        assertArrayEquals(PLAIN, reader.open("orders", object));
      }
      assertTrue(asked.get() <= 2, "asked " + asked + " times within a second");
      now.addAndGet(Duration.ofMinutes(30).toNanos());
      assertUnavailable(() -> writer.seal("orders", PLAIN));
      assertUnavailable(() -> reader.open("orders", object));
      writer.backend("one").fault = () -> {};
      reader.backend("one").fault = () -> {};
      assertFalse(headersEqual(object, writer.seal("orders", PLAIN)));
      assertArrayEquals(PLAIN, reader.open("orders", object));
    }
  }

  /** From now on every call of them fails; what is returned counts those calls. */
  private static AtomicInteger failing(Reason reason, SeveralKeysFixture... fixtures) {
    AtomicInteger asked = new AtomicInteger();
    for (SeveralKeysFixture fixture : fixtures) {
      fixture.backend("one").fault =
          () -> {
            asked.incrementAndGet();
            throw new BackendException(reason, "told to fail");
          };
    }
    return asked;
  }

  private static void assertUnavailable(Executable use) {
    assertSame(Reason.UNAVAILABLE, assertThrows(BackendException.class, use).reason());
  }

  @Test
  void whatIsDeniedAfterItsAgeIsDeniedHoweverStaleItMayGet() throws Exception {
    String[] lines = epochWith("max-age = 60s", "max-stale = 1h");
    try (SeveralKeysFixture writer = new SeveralKeysFixture(folder, limits, lines);
        SeveralKeysFixture reader = writer.elsewhere(folder, limits, lines)) {
      byte[] object = writer.seal("orders", PLAIN);
      reader.open("orders", object);
      AtomicInteger asked = failing(Reason.DENIED, writer, reader);
      assertArrayEquals(PLAIN, reader.open("orders", object), "it is not so old yet");
      now.addAndGet(Duration.ofSeconds(60).toNanos());
      BackendException e = assertThrows(BackendException.class, () -> writer.seal("orders", PLAIN));
      assertSame(Reason.DENIED, e.reason());
      asked.set(0);
      for (int i = 0; i < 50; i++) {
        e = assertThrows(BackendException.class, () -> reader.open("orders", object));
        assertSame(Reason.DENIED, e.reason());
      }
      assertEquals(1, asked.get(), "a denial is remembered for a second");
      now.addAndGet(Duration.ofSeconds(1).toNanos());
      reader.backend("one").fault = () -> {};
      assertArrayEquals(PLAIN, reader.open("orders", object));
    }
  }

  @Test
  void oneThatGrowsOldIsRenewedBeforeItEnds() throws Exception {
    try (SeveralKeysFixture fixture = new SeveralKeysFixture(folder, limits, EPOCH)) {
      byte[] first = fixture.seal("orders", PLAIN);
      now.addAndGet(Duration.ofSeconds(299).toNanos());
      fixture.seal("orders", PLAIN);
      byte[] renewed = first;
      for (int i = 0; i < 5000 && headersEqual(first, renewed); i++) {
        Thread.sleep(1);
        renewed = fixture.seal("orders", PLAIN);
      }
      assertFalse(headersEqual(first, renewed));
      assertEquals(4, fixture.backend("one").calls.get());
    }
  }

  private static boolean headersEqual(byte[] one, byte[] other) {
    return Arrays.equals(one, 0, 256, other, 0, 256);
  }

  @Test
  void anOutageIsNoticedWhenTheEpochEndsAndNothingFallsBack() throws Exception {
    try (SeveralKeysFixture fixture = new SeveralKeysFixture(folder, limits, EPOCH)) {
      fixture.seal("orders", PLAIN);
      fixture.backend("one").fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "down");
      fixture.seal("orders", PLAIN);
      now.addAndGet(Duration.ofMinutes(5).toNanos());
      BackendException e =
          assertThrows(BackendException.class, () -> fixture.seal("orders", PLAIN));
      assertSame(Reason.UNAVAILABLE, e.reason());
      fixture.backend("one").fault = () -> {};
      fixture.seal("orders", PLAIN);
    }
  }

  @Test
  void manyThreadsOnAColdCacheMakeOneCall() throws Exception {
    try (SeveralKeysFixture writer = new SeveralKeysFixture(folder, limits, EPOCH);
        SeveralKeysFixture reader = writer.elsewhere(folder, EPOCH)) {
      byte[] object = writer.seal("orders", PLAIN);
      ExecutorService threads = Executors.newFixedThreadPool(300);
      try {
        List<Callable<byte[]>> tasks = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
          tasks.add(() -> reader.open("orders", object));
        }
        for (Future<byte[]> result : threads.invokeAll(tasks)) {
          assertArrayEquals(PLAIN, result.get());
        }
      } finally {
        threads.shutdownNow();
      }
      assertEquals(1, reader.backend("one").calls.get());
    }
  }

  @Test
  void aFlippedBitAnywhereBeforeTheChunksIsRefused() throws Exception {
    try (SeveralKeysFixture fixture = new SeveralKeysFixture(folder, limits, EPOCH)) {
      byte[] object = fixture.seal("orders", new byte[100]);
      int dataAt = Prefix.length(object);
      assertEquals(256 + Cobblestone.PREFIX, dataAt);
      for (int i = 0; i < object.length; i++) {
        byte[] altered = object.clone();
        altered[i] ^= 1;
        assertThrows(AEADBadTagException.class, () -> fixture.open("orders", altered), "byte " + i);
        byte[] cut = Arrays.copyOf(object, i);
        assertThrows(AEADBadTagException.class, () -> fixture.open("orders", cut), "cut at " + i);
      }
    }
  }

  @Test
  void theSaltOfAnotherObjectOfTheEpochIsRefused() throws Exception {
    try (SeveralKeysFixture fixture = new SeveralKeysFixture(folder, limits, EPOCH)) {
      byte[] object = fixture.seal("orders", PLAIN);
      byte[] other = fixture.seal("orders", PLAIN);
      assertArrayEquals(Arrays.copyOf(object, 256), Arrays.copyOf(other, 256), "one epoch");
      for (int length : new int[] {Cobblestone.SALT, Cobblestone.PREFIX}) {
        byte[] mixed = object.clone();
        System.arraycopy(other, 256, mixed, 256, length);
        assertThrows(AEADBadTagException.class, () -> fixture.open("orders", mixed));
      }
    }
  }

  @Test
  void theEpochModeOfAPreReleaseIsRefusedInWordsThatNameIt() throws Exception {
    try (SeveralKeysFixture fixture = new SeveralKeysFixture(folder, limits, EPOCH)) {
      byte[] object = fixture.seal("orders", PLAIN);
      assertEquals(3, object[6]);
      object[6] = 2;
      Exception e =
          assertThrows(
              Header.MalformedHeaderException.class,
              () -> Header.parse(SeveralKeysFixture.headerOf(object)));
      assertTrue(e.getMessage().contains("pre-release of 0.1.0"), e.getMessage());
      assertThrows(AEADBadTagException.class, () -> fixture.open("orders", object));
    }
  }

  @Test
  void theModeIsPartOfThePolicy() throws Exception {
    String[] perObject = {"key.orders = one"};
    String[] formerly = {"key.orders = one", "key.orders.decrypt-with = one:orders"};
    try (SeveralKeysFixture writer = new SeveralKeysFixture(folder, limits, EPOCH);
        SeveralKeysFixture strict = writer.elsewhere(folder, perObject);
        SeveralKeysFixture lenient = writer.elsewhere(folder, formerly)) {
      byte[] object = writer.seal("orders", PLAIN);
      assertThrows(AEADBadTagException.class, () -> strict.open("orders", object));
      assertEquals(0, strict.backend("one").calls.get());
      assertArrayEquals(PLAIN, lenient.open("orders", object));
      byte[] older = strict.seal("orders", PLAIN);
      assertThrows(AEADBadTagException.class, () -> writer.open("orders", older));
    }
  }

  @Test
  void afterCloseNothingIsServedFromMemory() throws Exception {
    SeveralKeysFixture fixture = new SeveralKeysFixture(folder, limits, EPOCH);
    fixture.seal("orders", PLAIN);
    fixture.close();
    BackendException e = assertThrows(BackendException.class, () -> fixture.seal("orders", PLAIN));
    assertTrue(e.getMessage().contains("closed"), e.getMessage());
  }

  @Test
  void whatACopyMustNotShareIsDropped() throws Exception {
    try (SeveralKeysFixture fixture = new SeveralKeysFixture(folder, limits, EPOCH)) {
      byte[] before = fixture.seal("orders", PLAIN);
      fixture.envelope().dropLocalState();
      byte[] after = fixture.seal("orders", PLAIN);
      assertFalse(
          Arrays.equals(SeveralKeysFixture.headerOf(before), SeveralKeysFixture.headerOf(after)),
          "a new epoch key");
      assertArrayEquals(PLAIN, fixture.open("orders", before));
      assertArrayEquals(PLAIN, fixture.open("orders", after));
    }
  }
}
