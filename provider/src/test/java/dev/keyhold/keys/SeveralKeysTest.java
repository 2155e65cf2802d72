package dev.keyhold.keys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.keyhold.epoch.EpochLimits;
import dev.keyhold.gate.FakeBackend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.nio.file.Path;
import java.util.List;
import javax.crypto.AEADBadTagException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeveralKeysTest {
  private static final byte[] PLAIN = new byte[1000];

  @TempDir Path folder;

  private SeveralKeysFixture fixture(String expression, String mode) throws Exception {
    return new SeveralKeysFixture(
        folder,
        EpochLimits.DEFAULT,
        "key.orders = " + expression,
        "key.orders.data-keys = " + mode);
  }

  private static FakeBackend.Fault failing(Reason reason) {
    return () -> {
      throw new BackendException(reason, "no");
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"per-object", "epoch"})
  void ofAnyOfEachKeyOpensAlone(String mode) throws Exception {
    try (SeveralKeysFixture writer = fixture("any-of(one, two)", mode)) {
      byte[] object = writer.seal("orders", PLAIN);
      for (String broken : List.of("one", "two")) {
        for (Reason reason : List.of(Reason.UNAVAILABLE, Reason.DENIED, Reason.NOT_FOUND)) {
          try (SeveralKeysFixture reader =
              writer.elsewhere(
                  folder, "key.orders = any-of(one, two)", "key.orders.data-keys = " + mode)) {
            reader.backend(broken).fault = failing(reason);
            assertArrayEquals(PLAIN, reader.open("orders", object));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"any-of", "all-of"})
  void differentKeysOfOneNameAreToldApartByTheirPlace(String combinator) throws Exception {
    String[] lines = {
      "backend.one.twin = yes",
      "backend.two.twin = yes",
      "key.orders = " + combinator + "(one, two)"
    };
    try (SeveralKeysFixture fixture = new SeveralKeysFixture(folder, EpochLimits.DEFAULT, lines)) {
      byte[] object = fixture.seal("orders", PLAIN);
      assertArrayEquals(PLAIN, fixture.open("orders", object));
      if (combinator.equals("any-of")) {
        fixture.backend("one").fault = failing(Reason.UNAVAILABLE);
        assertArrayEquals(PLAIN, fixture.open("orders", object));
      }
    }
  }

  @Test
  void withAllOfAnyOfBrokenTheReasonIsSaid() throws Exception {
    try (SeveralKeysFixture fixture = fixture("any-of(one, two)", "per-object")) {
      byte[] object = fixture.seal("orders", PLAIN);
      fixture.backend("one").fault = failing(Reason.UNAVAILABLE);
      fixture.backend("two").fault = failing(Reason.UNAVAILABLE);
      BackendException e =
          assertThrows(BackendException.class, () -> fixture.open("orders", object));
      assertSame(Reason.UNAVAILABLE, e.reason());
      assertEquals(1, e.getSuppressed().length);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"per-object", "epoch"})
  void ofAllOfNeitherKeyOpensAlone(String mode) throws Exception {
    try (SeveralKeysFixture writer = fixture("all-of(one, two)", mode)) {
      byte[] object = writer.seal("orders", PLAIN);
      assertArrayEquals(PLAIN, writer.open("orders", object));
      for (String broken : List.of("one", "two")) {
        try (SeveralKeysFixture reader =
            writer.elsewhere(
                folder, "key.orders = all-of(two, one)", "key.orders.data-keys = " + mode)) {
          assertArrayEquals(PLAIN, reader.open("orders", object), "in any order");
        }
        try (SeveralKeysFixture reader =
            writer.elsewhere(
                folder, "key.orders = all-of(one, two)", "key.orders.data-keys = " + mode)) {
          reader.backend(broken).fault = failing(Reason.DENIED);
          BackendException e =
              assertThrows(BackendException.class, () -> reader.open("orders", object));
          assertSame(Reason.DENIED, e.reason());
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"any-of(one, two)", "one", "two", "any-of(two, one)"})
  void allOfIsNotOpenedInAnotherShape(String expression) throws Exception {
    try (SeveralKeysFixture writer = fixture("all-of(one, two)", "per-object");
        SeveralKeysFixture reader = writer.elsewhere(folder, "key.orders = " + expression)) {
      byte[] object = writer.seal("orders", PLAIN);
      assertThrows(AEADBadTagException.class, () -> reader.open("orders", object));
      for (int combinator = 1; combinator <= 3; combinator++) {
        byte[] forged = object.clone();
        forged[7] = (byte) combinator;
        assertThrows(AEADBadTagException.class, () -> reader.open("orders", forged));
      }
    }
  }

  @Test
  void aMissingKeyLetsNothingBeWritten() throws Exception {
    for (String expression : List.of("any-of(one, two)", "all-of(one, two)")) {
      try (SeveralKeysFixture fixture = fixture(expression, "per-object")) {
        fixture.backend("two").fault = failing(Reason.UNAVAILABLE);
        assertThrows(BackendException.class, () -> fixture.seal("orders", PLAIN));
      }
    }
  }

  @Test
  void anObjectForOneOfThemIsReadByDecryptWith() throws Exception {
    try (SeveralKeysFixture writer = fixture("one", "per-object");
        SeveralKeysFixture reader =
            writer.elsewhere(
                folder,
                "key.orders = all-of(one, two)",
                "key.orders.decrypt-with = one, any-of(one, two)")) {
      assertArrayEquals(PLAIN, reader.open("orders", writer.seal("orders", PLAIN)));
    }
  }
}
