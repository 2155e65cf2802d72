package dev.keyhold.conformance.contract;

import static dev.keyhold.conformance.contract.BackendContract.CONTEXT;
import static dev.keyhold.conformance.contract.BackendContract.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.Rotation;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The part of the contract about wrapping and unwrapping data keys. */
abstract class WrapChecks {
  abstract BackendContract contract();

  private Backend backend() {
    return contract().backend();
  }

  private static byte[] dataKey(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i + 1);
    }
    return bytes;
  }

  @Test
  void unwrappingUndoesWrapping() throws Exception {
    KeyMetadata key = contract().newKek("orders");
    for (int length : new int[] {1, 16, 31, 32, 33, 64}) {
      byte[] dataKey = dataKey(length);
      WrappedKey wrapped = backend().require(Keks.class).wrap("orders", CONTEXT, dataKey);
      assertArrayEquals(dataKey(length), dataKey, "the caller's array was changed");
      assertEquals(key.identity(), wrapped.identity());
      assertEquals(
          contract().limits().versionsInWraps() ? key.currentVersion().orElseThrow().id() : "",
          wrapped.version());
      byte[] unwrapped = backend().require(Keks.class).unwrap("orders", wrapped, CONTEXT);
      assertArrayEquals(dataKey, unwrapped);
      Arrays.fill(unwrapped, (byte) 0); // it belongs to the caller
      assertArrayEquals(dataKey, backend().require(Keks.class).unwrap("orders", wrapped, CONTEXT));
    }
  }

  @Test
  void noTwoWrapsAreAlike() throws Exception {
    contract().newKek("orders");
    byte[] first = backend().require(Keks.class).wrap("orders", CONTEXT, dataKey(32)).bytes();
    byte[] second = backend().require(Keks.class).wrap("orders", CONTEXT, dataKey(32)).bytes();
    assertFalse(Arrays.equals(first, second));
  }

  @Test
  void aWrapThatWasAlteredOrCutIsBad() throws Exception {
    contract().newKek("orders");
    WrappedKey good = backend().require(Keks.class).wrap("orders", CONTEXT, dataKey(32));
    for (int i = 0; i < good.bytes().length; i++) {
      byte[] altered = good.bytes().clone();
      altered[i] ^= 1;
      assertBad(good, altered, "byte " + i);
      assertBad(good, Arrays.copyOf(good.bytes(), i), "cut to " + i);
    }
    assertBad(good, Arrays.copyOf(good.bytes(), good.bytes().length + 1), "longer by one");
    assertBad(good, new byte[70_000], "far too long");
  }

  private void assertBad(WrappedKey good, byte[] bytes, String what) {
    WrappedKey bad = new WrappedKey(good.identity(), good.version(), good.mechanism(), bytes);
    assertFails(
        Reason.BAD_CIPHERTEXT,
        () -> backend().require(Keks.class).unwrap("orders", bad, CONTEXT),
        what);
  }

  @Test
  void aWrapIsBoundToItsContext() throws Exception {
    contract().newKek("orders");
    WrappedKey wrapped = backend().require(Keks.class).wrap("orders", CONTEXT, dataKey(32));
    for (WrapContext other :
        List.of(
            new WrapContext(Map.of()),
            new WrapContext(Map.of("keyhold-binding", "others")),
            new WrapContext(Map.of("keyhold-binding", "orders", "more", "")))) {
      assertFails(
          Reason.BAD_CIPHERTEXT,
          () -> backend().require(Keks.class).unwrap("orders", wrapped, other));
    }
  }

  @Test
  void aWrapIsForItsKeyAndMechanism() throws Exception {
    contract().newKek("orders");
    contract().newKek("others");
    WrappedKey wrapped = backend().require(Keks.class).wrap("orders", CONTEXT, dataKey(32));
    assertFails(
        Reason.BAD_CIPHERTEXT,
        () -> backend().require(Keks.class).unwrap("others", wrapped, CONTEXT));
    for (WrapMechanism mechanism : WrapMechanism.values()) {
      if (mechanism != wrapped.mechanism()) {
        WrappedKey other =
            new WrappedKey(wrapped.identity(), wrapped.version(), mechanism, wrapped.bytes());
        assertFails(
            Reason.BAD_CIPHERTEXT,
            () -> backend().require(Keks.class).unwrap("orders", other, CONTEXT),
            mechanism.name());
      }
    }
  }

  @Test
  void afterRotationTheOldVersionOpensAndTheNewOneWraps() throws Exception {
    contract().newKek("orders");
    WrappedKey old = backend().require(Keks.class).wrap("orders", CONTEXT, dataKey(32));
    KeyMetadata rotated = contract().facet(Rotation.class).rotate("orders");
    assertEquals(2, rotated.versions().size());
    assertEquals(rotated, backend().describe("orders"));
    assertEquals(KeyState.DEACTIVATED, rotated.versions().get(0).state());
    assertEquals(rotated.versions().get(1), rotated.currentVersion().orElseThrow());
    WrappedKey fresh = backend().require(Keks.class).wrap("orders", CONTEXT, dataKey(32));
    assertEquals(old.identity(), fresh.identity());
    assertArrayEquals(dataKey(32), backend().require(Keks.class).unwrap("orders", old, CONTEXT));
    assertArrayEquals(dataKey(32), backend().require(Keks.class).unwrap("orders", fresh, CONTEXT));
    if (!contract().limits().versionsInWraps()) {
      return;
    }
    assertNotEquals(old.version(), fresh.version());
    WrappedKey moved =
        new WrappedKey(old.identity(), fresh.version(), old.mechanism(), old.bytes());
    assertFails(
        Reason.BAD_CIPHERTEXT,
        () -> backend().require(Keks.class).unwrap("orders", moved, CONTEXT));
  }

  @Test
  void aVersionThatIsNotThereIsNotFound() throws Exception {
    contract().newKek("orders");
    WrappedKey wrapped = backend().require(Keks.class).wrap("orders", CONTEXT, dataKey(32));
    for (String version : List.of("999", "", "x", "-1", "1\u0000", "01")) {
      if (version.equals(wrapped.version())) {
        continue;
      }
      WrappedKey other =
          new WrappedKey(wrapped.identity(), version, wrapped.mechanism(), wrapped.bytes());
      assertFails(
          Reason.NOT_FOUND,
          () -> backend().require(Keks.class).unwrap("orders", other, CONTEXT),
          "'" + version + "'");
    }
  }

  @Test
  void aMacKeyWrapsNothingAndHasNoVersions() throws Exception {
    contract().newMacKey("macs", "HmacSHA256");
    assertFails(
        Reason.UNSUPPORTED, () -> backend().require(Keks.class).wrap("macs", CONTEXT, dataKey(32)));
    assertFails(Reason.UNSUPPORTED, () -> backend().require(Rotation.class).rotate("macs"));
  }

  @Test
  void manyThreadsWrapAndUnwrapAtOnce() throws Exception {
    contract().newKek("orders");
    Callable<byte[]> roundTrip =
        () -> {
          byte[] unwrapped = null;
          for (int i = 0; i < 20; i++) {
            WrappedKey wrapped = backend().require(Keks.class).wrap("orders", CONTEXT, dataKey(32));
            unwrapped = backend().require(Keks.class).unwrap("orders", wrapped, CONTEXT);
          }
          return unwrapped;
        };
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<byte[]>> tasks = Stream.generate(() -> roundTrip).limit(16).toList();
      for (Future<byte[]> result : threads.invokeAll(tasks)) {
        assertArrayEquals(dataKey(32), result.get());
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
