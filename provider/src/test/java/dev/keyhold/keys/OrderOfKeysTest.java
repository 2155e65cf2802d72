package dev.keyhold.keys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.epoch.EpochLimits;
import dev.keyhold.gate.FakeBackend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.nio.file.Path;
import javax.crypto.AEADBadTagException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Of several keys that open, which is asked, and how often. */
class OrderOfKeysTest {
  private static final byte[] PLAIN = new byte[1000];

  @TempDir Path folder;

  private SeveralKeysFixture fixture(String... lines) throws Exception {
    return new SeveralKeysFixture(folder, EpochLimits.DEFAULT, lines);
  }

  private static int calls(SeveralKeysFixture fixture, String backend) {
    return fixture.backend(backend).calls.get();
  }

  /** When the attempts that nobody waits for are over. */
  private static int callsInTheEnd(SeveralKeysFixture fixture, String backend) throws Exception {
    int calls;
    do {
      calls = calls(fixture, backend);
      Thread.sleep(500);
    } while (calls != calls(fixture, backend));
    return calls;
  }

  @ParameterizedTest
  @ValueSource(strings = {"any-of(one, two)", "any-of(two, one)"})
  void theNearerIsAsked(String expression) throws Exception {
    try (SeveralKeysFixture writer = fixture("key.orders = " + expression);
        SeveralKeysFixture reader =
            writer.elsewhere(
                folder,
                "key.orders = " + expression,
                "backend.one.distance = 20",
                "backend.two.distance = 3")) {
      assertArrayEquals(PLAIN, reader.open("orders", writer.seal("orders", PLAIN)));
      assertEquals(0, calls(reader, "one"));
      assertEquals(1, calls(reader, "two"));
    }
  }

  @Test
  void ofEquallyNearOnesTheFirstIsAsked() throws Exception {
    try (SeveralKeysFixture writer = fixture("key.orders = any-of(two, one)");
        SeveralKeysFixture reader = writer.elsewhere(folder, "key.orders = any-of(two, one)")) {
      reader.open("orders", writer.seal("orders", PLAIN));
      assertEquals(0, calls(reader, "one"));
      assertEquals(1, calls(reader, "two"));
    }
  }

  @Test
  void oneThatFailsTooOftenGoesLastHoweverNear() throws Exception {
    String[] lines = {
      "backend.one.remote = yes",
      "backend.one.deadline = 10ms",
      "backend.one.breaker-failures = 1",
      "backend.one.breaker-pause = 1000s",
      "backend.two.distance = 100",
      "key.orders = any-of(one, two)"
    };
    try (SeveralKeysFixture writer = fixture("key.orders = any-of(one, two)");
        SeveralKeysFixture reader = writer.elsewhere(folder, lines)) {
      byte[] object = writer.seal("orders", PLAIN);
      reader.backend("one").fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "gone");
      reader.open("orders", object);
      int asked = callsInTheEnd(reader, "one");
      reader.open("orders", object);
      assertEquals(asked, calls(reader, "one"));
      assertEquals(2, calls(reader, "two"));
      reader.backend("two").fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "gone");
      BackendException both =
          assertThrows(BackendException.class, () -> reader.open("orders", object));
      assertEquals(1, both.getSuppressed().length);
    }
  }

  @Test
  void afterItsPauseItIsAskedAgain() throws Exception {
    String[] lines = {
      "backend.one.remote = yes",
      "backend.one.deadline = 10ms",
      "backend.one.breaker-failures = 1",
      "backend.one.breaker-pause = 10ms",
      "key.orders = any-of(one, two)"
    };
    try (SeveralKeysFixture writer = fixture("key.orders = any-of(one, two)");
        SeveralKeysFixture reader = writer.elsewhere(folder, lines)) {
      byte[] object = writer.seal("orders", PLAIN);
      reader.backend("one").fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "gone");
      reader.open("orders", object);
      int before = callsInTheEnd(reader, "one");
      reader.backend("one").fault = () -> {};
      for (int i = 0; i < 1_000_000 && calls(reader, "one") == before; i++) {
        assertArrayEquals(PLAIN, reader.open("orders", object));
      }
      assertTrue(calls(reader, "one") > before, "it was never asked again");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"UNAVAILABLE", "DENIED"})
  void aKeyThatFailedIsNotAskedAgainForTheSameObject(Reason reason) throws Exception {
    for (String combinator : new String[] {"any-of", "all-of"}) {
      String expression = combinator + "(one, two)";
      try (SeveralKeysFixture writer = fixture("key.orders = " + expression);
          SeveralKeysFixture reader =
              writer.elsewhere(
                  folder,
                  "key.orders = " + expression,
                  "key.orders.decrypt-with = " + combinator + "(two, one), one, two")) {
        byte[] object = writer.seal("orders", PLAIN);
        reader.backend("one").fault = FakeBackend.Fault.failing(reason, "no");
        reader.backend("two").fault = FakeBackend.Fault.failing(reason, "no");
        assertThrows(BackendException.class, () -> reader.open("orders", object));
        assertEquals(1, calls(reader, "one"));
        assertEquals(combinator.equals("any-of") ? 1 : 0, calls(reader, "two"));
      }
    }
  }

  @Test
  void aForgedObjectCostsOneCallForEachKey() throws Exception {
    try (SeveralKeysFixture writer = fixture("key.orders = any-of(one, two)");
        SeveralKeysFixture reader =
            writer.elsewhere(
                folder,
                "key.orders = any-of(one, two)",
                "key.orders.binding = other",
                "key.orders.decrypt-with = any-of(two, one), one, two")) {
      byte[] object = writer.seal("orders", PLAIN);
      assertThrows(AEADBadTagException.class, () -> reader.open("orders", object));
      assertEquals(1, calls(reader, "one"));
      assertEquals(1, calls(reader, "two"));
    }
  }
}
