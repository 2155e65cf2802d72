package dev.keyhold.keys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.epoch.EpochLimits;
import dev.keyhold.gate.FakeBackend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.object.Cobblestone;
import dev.keyhold.object.Combinator;
import dev.keyhold.object.DataKeyMode;
import dev.keyhold.object.Engine;
import dev.keyhold.object.Header;
import dev.keyhold.object.HeaderMac;
import dev.keyhold.object.HkdfKey;
import dev.keyhold.object.ObjectContext;
import dev.keyhold.object.ObjectSealer;
import dev.keyhold.object.Recipient;
import dev.keyhold.rewrap.Rewrapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.crypto.AEADBadTagException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers for several keys by somebody who has the use of all of them, or of none. */
class ForgedAnyOfTest {
  private static final byte[] PLAIN = new byte[1000];
  private static final String FOUR_SHAPES =
      "key.orders.decrypt-with = any-of(two, one), all-of(one, two), all-of(two, one), one, two";

  @TempDir Path folder;
  private final Engine.Pool pool = new Engine.Pool(2);
  private final Engine engine = pool.take();

  private SeveralKeysFixture fixture(String... lines) throws Exception {
    return new SeveralKeysFixture(folder, EpochLimits.DEFAULT, lines);
  }

  private static WrapContext context(Combinator combinator, int count, int index) {
    return Header.wrapContext(
        DataKeyMode.PER_OBJECT, combinator, count, index, Map.of("keyhold-binding", "orders"));
  }

  private byte[] object(Header header, byte[] topKey) throws Exception {
    byte[] start = header.encode();
    HeaderMac.put(engine, topKey, start);
    byte[] salt = LocalRandom.bytes(Cobblestone.SALT);
    ObjectSealer sealer =
        new ObjectSealer(
            pool, start, () -> salt, HkdfKey.of(topKey), new ObjectContext(new byte[0]), null);
    byte[] out = new byte[sealer.outputSize(PLAIN, 0, PLAIN.length, true)];
    sealer.process(PLAIN, 0, PLAIN.length, true, out, 0);
    return out;
  }

  @ParameterizedTest
  @CsvSource({"ANY_OF, 16", "ANY_OF, 2", "ALL_OF, 2", "ANY_OF, 1"})
  void aForgedHeaderCostsACallForEachKeyAtMost(Combinator combinator, int count) throws Exception {
    try (SeveralKeysFixture fixture = fixture("key.orders = any-of(one, two)", FOUR_SHAPES)) {
      for (String first : new String[] {"one", "two"}) {
        List<Recipient> recipients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          String backend = (i % 2 == 0) == first.equals("one") ? "one" : "two";
          recipients.add(
              new Recipient(
                  "fake",
                  combinator == Combinator.ALL_OF ? i + 1 : 0,
                  new WrappedKey(
                      "fake:orders@" + backend, "1", WrapMechanism.HMAC_DERIVE, new byte[80])));
        }
        byte[] object =
            object(new Header(DataKeyMode.PER_OBJECT, combinator, recipients), new byte[32]);
        fixture.backend("one").calls.set(0);
        fixture.backend("two").calls.set(0);
        assertThrows(AEADBadTagException.class, () -> fixture.open("orders", object));
        int one = fixture.backend("one").calls.get();
        int two = fixture.backend("two").calls.get();
        assertTrue(one <= 1 && two <= 1, one + " and " + two + " calls");
        assertTrue(one + two > 0, "the keys were asked at all");
      }
    }
  }

  /** For keys one and two, each wraps a key; the object is made with that of one of them. */
  private byte[] split(SeveralKeysFixture fixture, String madeWith) throws Exception {
    byte[] topKey = LocalRandom.bytes(32);
    List<Recipient> recipients = new ArrayList<>();
    for (String backend : List.of("one", "two")) {
      byte[] wrapped = backend.equals(madeWith) ? topKey : LocalRandom.bytes(32);
      FakeBackend own = fixture.backend(backend);
      recipients.add(
          new Recipient(
              "fake",
              0,
              own.wrap("orders", context(Combinator.ANY_OF, 2, recipients.size()), wrapped)));
    }
    return object(new Header(DataKeyMode.PER_OBJECT, Combinator.ANY_OF, recipients), topKey);
  }

  @ParameterizedTest
  @ValueSource(strings = {"one", "two"})
  void aSplitHeaderOpensByTheKeyThatIsRight(String madeWith) throws Exception {
    for (String keys : List.of("any-of(one, two)", "any-of(two, one)")) {
      try (SeveralKeysFixture fixture = fixture("key.orders = " + keys, FOUR_SHAPES)) {
        byte[] object = split(fixture, madeWith);
        fixture.backend("one").calls.set(0);
        fixture.backend("two").calls.set(0);
        assertArrayEquals(PLAIN, fixture.open("orders", object), keys);
        assertTrue(fixture.backend("one").calls.get() <= 1);
        assertTrue(fixture.backend("two").calls.get() <= 1);
      }
    }
  }

  @Test
  void whereTheRightKeyIsOutOfReachThatIsSaid() throws Exception {
    try (SeveralKeysFixture fixture = fixture("key.orders = any-of(one, two)")) {
      byte[] object = split(fixture, "two");
      fixture.backend("two").fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "gone");
      BackendException refused =
          assertThrows(BackendException.class, () -> fixture.open("orders", object));
      assertEquals(Reason.UNAVAILABLE, refused.reason());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"one", "two"})
  void aSplitHeaderIsNotCurrent(String madeWith) throws Exception {
    try (SeveralKeysFixture fixture = fixture("key.orders = any-of(one, two)")) {
      byte[] object = split(fixture, madeWith);
      byte[] header = SeveralKeysFixture.headerOf(object);
      assertTrue(fixture.rewrapper("orders").isDue(header));
      byte[] mended = fixture.rewrap("orders", object);
      assertFalse(Arrays.equals(object, mended));
      for (String other : List.of("one", "two")) {
        fixture.backend(other).fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "gone");
        assertArrayEquals(PLAIN, fixture.open("orders", mended), "without " + other);
        fixture.backend(other).fault = () -> {};
      }
    }
  }

  @Test
  void toSeeThatAHeaderIsWholeCostsACallForEachKey() throws Exception {
    try (SeveralKeysFixture fixture = fixture("key.orders = any-of(one, two)")) {
      byte[] header = SeveralKeysFixture.headerOf(fixture.seal("orders", PLAIN));
      int unwraps = calls(fixture);
      assertFalse(fixture.rewrapper("orders").isDue(header));
      assertEquals(unwraps + 2 + 2, calls(fixture), "two unwraps; which version of each");
    }
  }

  private static int calls(SeveralKeysFixture fixture) {
    return fixture.backend("one").calls.get() + fixture.backend("two").calls.get();
  }

  @Test
  void aHeaderWhoseKeysCanNotAllBeAskedIsNotCalledCurrent() throws Exception {
    try (SeveralKeysFixture fixture = fixture("key.orders = any-of(one, two)")) {
      byte[] header = SeveralKeysFixture.headerOf(fixture.seal("orders", PLAIN));
      Rewrapper run = fixture.rewrapper("orders");
      fixture.backend("two").fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "gone");
      assertThrows(BackendException.class, () -> run.isDue(header));
    }
  }
}
