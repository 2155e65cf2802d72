package dev.keyhold.rewrap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.epoch.EpochLimits;
import dev.keyhold.gate.FakeBackend;
import dev.keyhold.keys.SeveralKeysFixture;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RewrapperTest {
  private static final byte[] PLAIN = new byte[40_000];

  @TempDir Path folder;

  private SeveralKeysFixture fixture(String expression, String mode, String... more)
      throws Exception {
    return new SeveralKeysFixture(folder, EpochLimits.DEFAULT, lines(expression, mode, more));
  }

  private static String[] lines(String expression, String mode, String... more) {
    String[] lines = new String[] {"key.orders = " + expression, "key.orders.data-keys = " + mode};
    String[] all = Arrays.copyOf(lines, lines.length + more.length);
    System.arraycopy(more, 0, all, lines.length, more.length);
    return all;
  }

  @ParameterizedTest
  @ValueSource(strings = {"per-object", "epoch"})
  void afterARotationTheOldVersionIsNoLongerNeeded(String mode) throws Exception {
    try (SeveralKeysFixture fixture = fixture("one", mode)) {
      byte[] object = fixture.seal("orders", PLAIN);
      fixture.backend("one").rotate("orders");
      byte[] rewrapped = fixture.rewrap("orders", object);
      assertEquals(object.length, rewrapped.length);
      int data = SeveralKeysFixture.headerOf(object).length;
      assertArrayEquals(
          Arrays.copyOfRange(object, data, object.length),
          Arrays.copyOfRange(rewrapped, data, object.length),
          "the data stays");
      try (SeveralKeysFixture reader = fixture.elsewhere(folder, lines("one", mode))) {
        reader.backend("one").forgetFormerVersions("orders");
        assertArrayEquals(PLAIN, reader.open("orders", rewrapped));
        assertThrows(AEADBadTagException.class, () -> reader.open("orders", object));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"one", "any-of(one, two)", "all-of(one, two)"})
  void whatIsCurrentIsLeftAloneAndCostsNoWrap(String expression) throws Exception {
    try (SeveralKeysFixture fixture = fixture(expression, "per-object")) {
      byte[] object = fixture.seal("orders", PLAIN);
      int wraps = wraps(fixture);
      assertSame(
          Optional.empty(),
          fixture.rewrapper("orders").rewrap(SeveralKeysFixture.headerOf(object)));
      fixture.backend("one").rotate("orders");
      byte[] rewrapped = fixture.rewrap("orders", object);
      assertFalse(Arrays.equals(object, rewrapped));
      assertArrayEquals(rewrapped, fixture.rewrap("orders", rewrapped));
      assertEquals(wraps + fixture.keys(expression), wraps(fixture));
    }
  }

  private static int wraps(SeveralKeysFixture fixture) {
    return fixture.backend("one").wraps.get() + fixture.backend("two").wraps.get();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "one; two",
        "one; any-of(one, two)",
        "one; all-of(one, two)",
        "any-of(one, two); two",
        "all-of(one, two); one",
        "any-of(one, two); all-of(two, one)",
        "all-of(one, two); any-of(one, two)"
      })
  void fromAnyShapeToAnyOther(String before, String after) throws Exception {
    for (String mode : List.of("per-object", "epoch")) {
      try (SeveralKeysFixture old = fixture(before, mode);
          SeveralKeysFixture now =
              old.elsewhere(folder, lines(after, mode, "key.orders.decrypt-with = " + before));
          SeveralKeysFixture later = old.elsewhere(folder, lines(after, mode))) {
        byte[] object = old.seal("orders", PLAIN);
        byte[] rewrapped = now.rewrap("orders", object);
        assertArrayEquals(PLAIN, later.open("orders", rewrapped));
        assertThrows(AEADBadTagException.class, () -> later.open("orders", object));
        assertThrows(AEADBadTagException.class, () -> later.rewrap("orders", object));
        assertThrows(AEADBadTagException.class, () -> old.open("orders", rewrapped));
      }
    }
  }

  @Test
  void anotherOrderOfTheKeysIsNoChange() throws Exception {
    for (String combinator : List.of("any-of", "all-of")) {
      try (SeveralKeysFixture writer = fixture(combinator + "(one, two)", "per-object");
          SeveralKeysFixture other =
              writer.elsewhere(folder, lines(combinator + "(two, one)", "per-object"))) {
        byte[] object = writer.seal("orders", PLAIN);
        assertArrayEquals(object, other.rewrap("orders", object));
      }
    }
  }

  @Test
  void allObjectsOfAnEpochCostOneRewrap() throws Exception {
    try (SeveralKeysFixture fixture = fixture("any-of(one, two)", "epoch")) {
      byte[][] objects = new byte[50][];
      for (int i = 0; i < objects.length; i++) {
        objects[i] = fixture.seal("orders", PLAIN);
      }
      fixture.backend("two").rotate("orders");
      int wraps = wraps(fixture);
      Rewrapper run = fixture.rewrapper("orders");
      for (byte[] object : objects) {
        assertTrue(run.isDue(SeveralKeysFixture.headerOf(object)));
        byte[] rewrapped = SeveralKeysFixture.rewrap(run, object);
        assertFalse(run.isDue(SeveralKeysFixture.headerOf(rewrapped)));
        assertArrayEquals(PLAIN, fixture.open("orders", rewrapped));
      }
      assertEquals(wraps + 2, wraps(fixture));
    }
  }

  @Test
  void theModeOfAnObjectStays() throws Exception {
    try (SeveralKeysFixture old = fixture("one", "epoch");
        SeveralKeysFixture now = old.elsewhere(folder, lines("two", "per-object", FORMER));
        SeveralKeysFixture both =
            old.elsewhere(folder, lines("two", "per-object", FORMER + ", two"))) {
      byte[] object = old.seal("orders", PLAIN);
      assertArrayEquals(PLAIN, now.open("orders", object));
      BackendException refused =
          assertThrows(BackendException.class, () -> now.rewrap("orders", object));
      assertSame(Reason.MISCONFIGURED, refused.reason());
      assertTrue(refused.getMessage().contains("key.orders.decrypt-with"), refused.getMessage());
      byte[] rewrapped = both.rewrap("orders", object);
      assertEquals(3, rewrapped[6], "epoch");
      assertArrayEquals(PLAIN, both.open("orders", rewrapped));
    }
  }

  private static final String FORMER = "key.orders.decrypt-with = one";

  @Test
  void aKeyThatIsOutOfReachLeavesTheOldHeader() throws Exception {
    try (SeveralKeysFixture old = fixture("one", "per-object");
        SeveralKeysFixture now =
            old.elsewhere(folder, lines("any-of(one, two)", "per-object", FORMER))) {
      byte[] object = old.seal("orders", PLAIN);
      now.backend("two").fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "gone");
      BackendException refused =
          assertThrows(BackendException.class, () -> now.rewrap("orders", object));
      assertSame(Reason.UNAVAILABLE, refused.reason());
      now.backend("two").fault = () -> {};
      assertArrayEquals(PLAIN, now.open("orders", now.rewrap("orders", object)));
    }
  }

  @Test
  void aBackendThatDoesNotOpenWhatItWrapsIsFoundInTime() throws Exception {
    try (SeveralKeysFixture old = fixture("one", "per-object");
        SeveralKeysFixture now =
            old.elsewhere(folder, lines("any-of(one, two)", "per-object", FORMER))) {
      byte[] object = old.seal("orders", PLAIN);
      FakeBackend two = now.backend("two");
      two.fault =
          () -> {
            if (two.wraps.get() > 0) {
              two.fault = () -> {};
              two.rotate("orders");
              two.forgetFormerVersions("orders");
            }
          };
      assertThrows(BackendException.class, () -> now.rewrap("orders", object));
    }
  }

  @Test
  void anAlteredHeaderIsNotRewrapped() throws Exception {
    try (SeveralKeysFixture fixture = fixture("any-of(one, two)", "per-object")) {
      byte[] header = SeveralKeysFixture.headerOf(fixture.seal("orders", PLAIN));
      fixture.backend("one").rotate("orders");
      for (int at = 0; at < header.length; at++) {
        byte[] altered = header.clone();
        altered[at] ^= 1;
        assertThrows(
            AEADBadTagException.class,
            () -> fixture.rewrapper("orders").rewrap(altered),
            "byte " + at);
      }
    }
  }

  @Test
  void aShorterHeaderTakesThePlaceOfALongerOne() throws Exception {
    try (SeveralKeysFixture old = fixture("any-of(one, two)", "per-object");
        SeveralKeysFixture now =
            old.elsewhere(
                folder, lines("one", "per-object", "key.orders.decrypt-with = any-of(one, two)"))) {
      byte[] object = old.seal("orders", PLAIN);
      assertEquals(512, SeveralKeysFixture.headerOf(object).length);
      byte[] rewrapped = now.rewrap("orders", object);
      assertEquals(object.length, rewrapped.length);
      assertArrayEquals(PLAIN, now.open("orders", rewrapped));
    }
  }
}
