package dev.keyhold.keys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.epoch.EpochKey;
import dev.keyhold.epoch.EpochLimits;
import dev.keyhold.gate.FakeBackend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.keystore.WrapContext;
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
import dev.keyhold.object.Prefix;
import dev.keyhold.object.Recipient;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.crypto.AEADBadTagException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What somebody can do who has one of two keys: he unwraps and wraps with it whatever he likes, and
 * makes every other part of an object as it must be. He may read and write all stored objects.
 */
class DowngradeTest {
  private static final byte[] PLAIN = new byte[1000];
  private static final byte[] NOTHING = new byte[32];

  @TempDir Path folder;
  private final Engine.Pool pool = new Engine.Pool(2);
  private final Engine engine = pool.take();

  private SeveralKeysFixture fixture(String expression, DataKeyMode mode) throws Exception {
    return new SeveralKeysFixture(
        folder,
        EpochLimits.DEFAULT,
        "key.orders = " + expression,
        "key.orders.data-keys = " + mode.text());
  }

  private static Header header(byte[] object) throws Exception {
    return Header.parse(SeveralKeysFixture.headerOf(object));
  }

  private static WrapContext context(
      DataKeyMode mode, Combinator combinator, int count, int index) {
    return Header.wrapContext(mode, combinator, count, index, Map.of("keyhold-binding", "orders"));
  }

  private static Recipient wrap(
      FakeBackend backend, String label, WrapContext context, int share, byte[] secret)
      throws BackendException {
    WrappedKey own = backend.wrap("orders", context, secret);
    WrappedKey labelled = new WrappedKey(label, own.version(), own.mechanism(), own.bytes());
    return new Recipient("fake", share, labelled);
  }

  /** A whole object of a top key that its maker knows. */
  private byte[] object(Header header, byte[] topKey) {
    byte[] start = header.encode();
    HeaderMac.put(engine, topKey, start);
    byte[] salt = LocalRandom.bytes(Cobblestone.SALT);
    HkdfKey inputKey = inputKey(header.dataKeys() == DataKeyMode.EPOCH, topKey);
    ObjectSealer sealer =
        new ObjectSealer(pool, start, () -> salt, inputKey, new ObjectContext(new byte[0]), null);
    try {
      byte[] out = new byte[sealer.outputSize(PLAIN, 0, PLAIN.length, true)];
      sealer.process(PLAIN, 0, PLAIN.length, true, out, 0);
      return out;
    } catch (GeneralSecurityException | BackendException e) {
      throw new IllegalStateException(e);
    }
  }

  private static HkdfKey inputKey(boolean epoch, byte[] topKey) {
    return epoch ? new EpochKey(topKey.clone()).inputKey() : HkdfKey.of(topKey);
  }

  private static void assertRefused(SeveralKeysFixture reader, byte[] object, Object what) {
    try {
      reader.open("orders", object);
    } catch (AEADBadTagException e) {
      return;
    } catch (GeneralSecurityException | BackendException e) {
      throw new AssertionError(what + ": " + e, e);
    }
    throw new AssertionError(what + " opened");
  }

  private byte[] share(SeveralKeysFixture fixture, Header header, int index) throws Exception {
    String backend = index == 0 ? "one" : "two";
    return fixture
        .backend(backend)
        .unwrap(
            "orders",
            header.recipients().get(index).wrapped(),
            context(header.dataKeys(), Combinator.ALL_OF, 2, index));
  }

  @ParameterizedTest
  @EnumSource(DataKeyMode.class)
  void neitherShareOpensAnything(DataKeyMode mode) throws Exception {
    try (SeveralKeysFixture fixture = fixture("all-of(one, two)", mode)) {
      byte[] object = fixture.seal("orders", PLAIN);
      byte[] headerBytes = SeveralKeysFixture.headerOf(object);
      Header header = header(object);
      byte[] first = share(fixture, header, 0);
      byte[] second = share(fixture, header, 1);
      for (byte[] key : List.of(first, second, NOTHING, Shares.join(List.of(first, first)))) {
        assertFalse(HeaderMac.verify(engine, key, headerBytes));
        assertNull(dataUnder(key, object), "no data under this key");
      }
      byte[] topKey = Shares.join(List.of(first, second));
      assertTrue(HeaderMac.verify(engine, topKey, headerBytes), "both do, so the test can fail");
      assertArrayEquals(PLAIN, dataUnder(topKey, object));
    }
  }

  /** What an object holds if this is its top key; null if it is not. */
  private byte[] dataUnder(byte[] topKey, byte[] object) throws Exception {
    Prefix prefix = Prefix.of(Arrays.copyOf(object, Prefix.length(object)));
    Cobblestone keys;
    try {
      keys =
          Cobblestone.open(
              engine, inputKey(prefix.isOfEpoch(), topKey), prefix, new ObjectContext(new byte[0]));
    } catch (AEADBadTagException e) {
      return null;
    }
    byte[] plain = new byte[PLAIN.length];
    int from = Prefix.length(object);
    keys.open(0, object, from, object.length - from, plain, 0);
    return plain;
  }

  /**
   * All headers of one or two recipients that can be made of the object's own recipients and of
   * wraps by the one key, named as the one or the other, in each mode and combinator, of what the
   * maker knows: his share, or a top key of his own.
   */
  @ParameterizedTest
  @CsvSource({"PER_OBJECT, one", "PER_OBJECT, two", "EPOCH, one", "EPOCH, two"})
  void noHeaderByOneKeyOpensWhereBothAreNeeded(DataKeyMode mode, String owned) throws Exception {
    try (SeveralKeysFixture fixture = fixture("all-of(one, two)", mode)) {
      Header victim = header(fixture.seal("orders", PLAIN));
      byte[] share = share(fixture, victim, owned.equals("one") ? 0 : 1);
      byte[] chosen = LocalRandom.bytes(32);
      int made = 0;
      for (DataKeyMode forgedMode : DataKeyMode.values()) {
        for (Combinator combinator : Combinator.values()) {
          for (int count = 1; count <= (combinator == Combinator.SINGLE ? 1 : 2); count++) {
            for (int choice = 0; choice < Math.pow(4, count); choice++) {
              for (byte[] secret : List.of(share, chosen)) {
                for (int numbering = 0; numbering < 3; numbering++) {
                  Header forged =
                      forge(
                          fixture.backend(owned),
                          victim,
                          forgedMode,
                          combinator,
                          count,
                          choice,
                          numbering,
                          secret);
                  for (byte[] topKey : List.of(secret, NOTHING)) {
                    assertRefused(fixture, object(forged, topKey), forged);
                    made++;
                  }
                }
              }
            }
          }
        }
      }
      assertEquals(2 * (4 + 2 * (4 + 16)) * 2 * 3 * 2, made);
    }
  }

  private static Header forge(
      FakeBackend owned,
      Header victim,
      DataKeyMode mode,
      Combinator combinator,
      int count,
      int choice,
      int numbering,
      byte[] secret)
      throws BackendException {
    List<Recipient> recipients = new ArrayList<>();
    int rest = choice;
    for (int i = 0; i < count; i++) {
      int share = numbering == 0 ? 0 : numbering == 1 ? i + 1 : 1;
      WrapContext context = context(mode, combinator, count, i);
      switch (rest % 4) {
        case 0 -> recipients.add(withShare(victim.recipients().get(0), share));
        case 1 -> recipients.add(withShare(victim.recipients().get(1), share));
        case 2 -> recipients.add(wrap(owned, "fake:orders@one", context, share, secret));
        default -> recipients.add(wrap(owned, "fake:orders@two", context, share, secret));
      }
      rest /= 4;
    }
    return new Header(mode, combinator, recipients);
  }

  private static Recipient withShare(Recipient recipient, int share) {
    return new Recipient(recipient.kind(), share, recipient.wrapped());
  }

  @ParameterizedTest
  @EnumSource(DataKeyMode.class)
  void whoHasBothKeysCanMakeAnObject(DataKeyMode mode) throws Exception {
    try (SeveralKeysFixture fixture = fixture("all-of(one, two)", mode)) {
      byte[] topKey = LocalRandom.bytes(32);
      List<byte[]> shares = Shares.split(topKey, 2);
      List<Recipient> recipients = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        String backend = i == 0 ? "one" : "two";
        WrapContext context = context(mode, Combinator.ALL_OF, 2, i);
        recipients.add(
            wrap(
                fixture.backend(backend), "fake:orders@" + backend, context, i + 1, shares.get(i)));
      }
      Header header = new Header(mode, Combinator.ALL_OF, recipients);
      assertArrayEquals(PLAIN, fixture.open("orders", object(header, topKey)));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"one; single", "any-of(one, two); any-of"})
  void anObjectOfTheOtherModeIsRefusedWithoutACall(String expression, String combinator)
      throws Exception {
    for (DataKeyMode mode : DataKeyMode.values()) {
      DataKeyMode other = mode == DataKeyMode.EPOCH ? DataKeyMode.PER_OBJECT : DataKeyMode.EPOCH;
      try (SeveralKeysFixture fixture = fixture(expression, mode)) {
        Combinator own = combinator.equals("single") ? Combinator.SINGLE : Combinator.ANY_OF;
        byte[] topKey = LocalRandom.bytes(32);
        for (DataKeyMode forged : List.of(mode, other)) {
          WrapContext context = context(forged, own, 1, 0);
          Recipient recipient = wrap(fixture.backend("one"), "fake:orders@one", context, 0, topKey);
          byte[] object = object(new Header(forged, own, List.of(recipient)), topKey);
          int before = fixture.backend("one").calls.get();
          if (forged == mode) {
            assertArrayEquals(PLAIN, fixture.open("orders", object));
          } else {
            assertRefused(fixture, object, forged);
            assertEquals(before, fixture.backend("one").calls.get());
          }
        }
      }
    }
  }

  /** The maker of the MAC even knows the top key: still each byte is bound by another thing too. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"one; PER_OBJECT", "one; EPOCH", "all-of(one, two); PER_OBJECT"})
  void noByteOfAHeaderCanBeChangedByWhoKnowsItsTopKey(String expression, DataKeyMode mode)
      throws Exception {
    try (SeveralKeysFixture fixture = fixture(expression, mode)) {
      byte[] object = fixture.seal("orders", PLAIN);
      Header header = header(object);
      byte[] topKey =
          header.combinator() == Combinator.ALL_OF
              ? Shares.join(List.of(share(fixture, header, 0), share(fixture, header, 1)))
              : fixture
                  .backend("one")
                  .unwrap(
                      "orders",
                      header.recipients().get(0).wrapped(),
                      context(mode, Combinator.SINGLE, 1, 0));
      int length = SeveralKeysFixture.headerOf(object).length;
      assertArrayEquals(PLAIN, fixture.open("orders", withMac(object, length, topKey)));
      for (int at = 0; at < length - Header.MAC; at++) {
        for (int flip : new int[] {1, 2, 3, 0x80, 0xFF}) {
          byte[] altered = object.clone();
          altered[at] ^= (byte) flip;
          assertRefused(fixture, withMac(altered, length, topKey), "byte " + at);
        }
      }
    }
  }

  private byte[] withMac(byte[] object, int headerLength, byte[] topKey) {
    byte[] header = Arrays.copyOf(object, headerLength);
    HeaderMac.put(engine, topKey, header);
    byte[] out = object.clone();
    System.arraycopy(header, 0, out, 0, headerLength);
    return out;
  }

  /** An any-of opens with one key by its nature: but with this one's wrap alone, not as its own. */
  @Test
  void ofAnAnyOfTheOneKeysWrapOpensInNoOtherShape() throws Exception {
    try (SeveralKeysFixture writer = fixture("any-of(one, two)", DataKeyMode.PER_OBJECT)) {
      byte[] object = writer.seal("orders", PLAIN);
      Header header = header(object);
      byte[] topKey =
          writer
              .backend("one")
              .unwrap(
                  "orders",
                  header.recipients().get(0).wrapped(),
                  context(DataKeyMode.PER_OBJECT, Combinator.ANY_OF, 2, 0));
      for (String expression : List.of("any-of(one, two)", "one", "all-of(one, two)")) {
        try (SeveralKeysFixture reader = writer.elsewhere(folder, "key.orders = " + expression)) {
          Recipient own = header.recipients().get(0);
          Recipient other = header.recipients().get(1);
          List<Header> forged =
              List.of(
                  new Header(DataKeyMode.PER_OBJECT, Combinator.SINGLE, List.of(own)),
                  new Header(DataKeyMode.PER_OBJECT, Combinator.ANY_OF, List.of(own)),
                  new Header(DataKeyMode.PER_OBJECT, Combinator.ANY_OF, List.of(other, own)),
                  new Header(DataKeyMode.PER_OBJECT, Combinator.ANY_OF, List.of(own, other, other)),
                  new Header(
                      DataKeyMode.PER_OBJECT,
                      Combinator.ALL_OF,
                      List.of(withShare(own, 1), withShare(other, 2))));
          for (Header one : forged) {
            assertRefused(reader, object(one, topKey), expression + " reads " + one);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"one", "two"})
  void aShareThatIsNoShareJoinsToNothing(String owned) throws Exception {
    try (SeveralKeysFixture fixture = fixture("all-of(one, two)", DataKeyMode.PER_OBJECT)) {
      Header victim = header(fixture.seal("orders", PLAIN));
      int own = owned.equals("one") ? 0 : 1;
      for (int length : new int[] {1, 31, 33, 64}) {
        List<Recipient> recipients = new ArrayList<>(victim.recipients());
        WrapContext context = context(DataKeyMode.PER_OBJECT, Combinator.ALL_OF, 2, own);
        byte[] secret = new byte[length];
        recipients.set(
            own, wrap(fixture.backend(owned), "fake:orders@" + owned, context, own + 1, secret));
        Header forged = new Header(DataKeyMode.PER_OBJECT, Combinator.ALL_OF, recipients);
        assertThrows(
            AEADBadTagException.class, () -> fixture.open("orders", object(forged, NOTHING)));
      }
    }
  }
}
