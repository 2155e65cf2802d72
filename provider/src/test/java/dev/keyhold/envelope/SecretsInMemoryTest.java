package dev.keyhold.envelope;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.epoch.EpochKey;
import dev.keyhold.epoch.EpochLimits;
import dev.keyhold.gate.FakeBackend;
import dev.keyhold.keys.SeveralKeysFixture;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.LocalRandom;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What is left of keys among the live objects of this JVM. The test itself has no copy of a key: it
 * keeps the complement of each byte, and the very arrays that were wrapped. So a key of these that
 * was dropped without being zeroed is still found.
 */
class SecretsInMemoryTest {
  private static final byte[] PLAIN = new byte[20_000];
  private static final String[] EPOCH = {"key.* = one", "key.*.data-keys = epoch"};

  @TempDir Path folder;
  private final AtomicLong now = new AtomicLong();
  private final EpochLimits limits = new EpochLimits(16, now::get, () -> now.get() / 1_000_000);
  private final List<byte[]> complements = new CopyOnWriteArrayList<>();
  private final List<byte[]> keys = new CopyOnWriteArrayList<>();

  private SeveralKeysFixture fixture(String... lines) throws Exception {
    SeveralKeysFixture fixture = new SeveralKeysFixture(folder, limits, lines);
    fixture.backend("one").wrapping =
        key -> {
          complements.add(LiveHeap.complement(key));
          complements.add(LiveHeap.complement(LiveHeap.inputKey(key)));
          keys.add(key);
        };
    return fixture;
  }

  /**
   * How many of the keys that were wrapped, or are derived from these, are in a dump of the live
   * objects.
   */
  private long keysInADump() throws IOException, InterruptedException {
    return LiveHeap.found(folder, complements);
  }

  @Test
  void aKeyThatIsInUseIsFoundSoThatTheSearchIsOne() throws Exception {
    try (SeveralKeysFixture fixture = fixture(EPOCH)) {
      fixture.seal("orders", PLAIN);
      assertEquals(1, keysInADump());
      assertTrue(isZero(keys.get(0)), "the epoch key itself is not kept");
    }
  }

  /** What belongs to the first epoch key. */
  private List<byte[]> firstKeys() {
    return List.of(complements.get(0), complements.get(1));
  }

  private static boolean isZero(byte[] key) {
    return Arrays.equals(new byte[key.length], key);
  }

  private void pass(long seconds) {
    now.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }

  @Test
  void afterCloseNoEpochKeyIsLeft() throws Exception {
    SeveralKeysFixture writer = fixture(EPOCH);
    SeveralKeysFixture reader = writer.elsewhere(folder, limits, EPOCH);
    assertArrayEquals(PLAIN, reader.open("orders", writer.seal("orders", PLAIN)));
    writer.close();
    assertTrue(isZero(keys.get(0)));
    assertEquals(1, keysInADump(), "the reader has it");
    reader.close();
    assertEquals(0, keysInADump());
  }

  @Test
  void oneThatWasReplacedIsGoneToo() throws Exception {
    try (SeveralKeysFixture fixture = fixture(EPOCH)) {
      fixture.seal("orders", PLAIN);
      pass(200);
      fixture.seal("orders", PLAIN);
      assertEquals(1, keys.size(), "it is used, and not renewed yet");
      pass(100);
      fixture.seal("orders", PLAIN);
      assertOnlyTheSecondIsLeft();
    }
  }

  private void assertOnlyTheSecondIsLeft() throws IOException, InterruptedException {
    assertEquals(2, keys.size());
    assertTrue(isZero(keys.get(0)));
    assertTrue(isZero(keys.get(1)));
    assertEquals(1, keysInADump(), "the present one");
    assertEquals(0, LiveHeap.found(folder, firstKeys()), "it is the second");
  }

  @Test
  @Timeout(60)
  void oneThatWasReplacedAheadIsGoneToo() throws Exception {
    try (SeveralKeysFixture fixture = fixture(EPOCH)) {
      fixture.seal("orders", PLAIN);
      pass(280);
      fixture.seal("orders", PLAIN);
      while (LiveHeap.found(folder, firstKeys()) > 0) { // another thread replaces it
        assertFalse(Thread.currentThread().isInterrupted(), "it takes too long");
      }
      assertOnlyTheSecondIsLeft();
    }
  }

  @Test
  void oneThatWasNotUsedForLongIsGoneToo() throws Exception {
    try (SeveralKeysFixture fixture = fixture(EPOCH)) {
      fixture.seal("orders", PLAIN);
      pass(300);
      fixture.seal("orders", PLAIN);
      assertOnlyTheSecondIsLeft();
    }
  }

  @Test
  void oneThatWasForgottenIsGoneToo() throws Exception {
    try (SeveralKeysFixture fixture = fixture(EPOCH);
        Envelope process = fixture.process(limits)) {
      SeveralKeysFixture.seal(process, fixture.policy("orders"), PLAIN);
      process.forget();
      assertTrue(isZero(keys.get(0)));
      assertEquals(0, keysInADump());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"UNAVAILABLE", "DENIED"})
  void oneThatEndedAndIsNotRenewedIsGoneToo(Reason reason) throws Exception {
    try (SeveralKeysFixture fixture = fixture(EPOCH)) {
      fixture.seal("orders", PLAIN);
      pass(200);
      fixture.seal("orders", PLAIN);
      fixture.backend("one").fault = FakeBackend.Fault.failing(reason, "no");
      pass(100);
      assertThrows(BackendException.class, () -> fixture.seal("orders", PLAIN));
      assertEquals(1, keys.size());
      assertTrue(isZero(keys.get(0)));
      assertEquals(0, keysInADump());
    }
  }

  @Test
  void oneThatDoesNotOpenAgainIsGone() throws Exception {
    try (SeveralKeysFixture fixture = fixture(EPOCH)) {
      FakeBackend one = fixture.backend("one");
      one.fault =
          () -> {
            if (one.calls.get() > 1) {
              throw new BackendException(Reason.DENIED, "it may wrap, and not unwrap");
            }
          };
      assertThrows(BackendException.class, () -> fixture.seal("orders", PLAIN));
      assertEquals(1, keys.size());
      assertTrue(isZero(keys.get(0)));
    }
  }

  @Test
  void aDataKeyIsGoneWithItsObject() throws Exception {
    try (SeveralKeysFixture fixture = fixture("key.* = one")) {
      byte[] object = fixture.seal("orders", PLAIN);
      assertArrayEquals(PLAIN, fixture.open("orders", object));
      assertEquals(1, keys.size());
      assertTrue(isZero(keys.get(0)));
      assertEquals(0, keysInADump());
    }
  }

  @Test
  void theArraysThatHeldItAreZero() {
    byte[] array = LocalRandom.bytes(32);
    EpochKey key = new EpochKey(array);
    assertArrayEquals(new byte[32], array);
    key.inputKey().destroy();
    key.destroy();
    assertTrue(key.isDestroyed());
    assertThrows(IllegalStateException.class, key::inputKey);
    assertFalse(new EpochKey(LocalRandom.bytes(32)).isDestroyed());
  }
}
