package dev.keyhold.keystore.software;

import static dev.keyhold.keystore.software.Fixture.CONTEXT;
import static dev.keyhold.keystore.software.Fixture.PASSWORD;
import static dev.keyhold.keystore.software.Fixture.assertFails;
import static dev.keyhold.keystore.software.Fixture.backend;
import static dev.keyhold.keystore.software.Fixture.kek;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.WrappedKey;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WrapLimitTest {
  private static final byte[] DATA_KEY = new byte[32];

  @TempDir Path folder;

  private SoftwareBackend limited(long wraps) {
    Tuning tuning = new Tuning(1_000, wraps, System::nanoTime, Clock.systemUTC());
    return backend(folder.resolve("keys"), PASSWORD, tuning);
  }

  @Test
  void aVersionStopsAtItsLimitAndTheNextGoesOn() throws Exception {
    try (SoftwareBackend backend = limited(1_000)) {
      backend.create(kek("k"));
      WrappedKey last = null;
      for (int i = 0; i < 1_000; i++) {
        last = backend.wrap("k", CONTEXT, DATA_KEY);
      }
      assertFails(Reason.DENIED, "rotate the key", () -> backend.wrap("k", CONTEXT, DATA_KEY));
      assertArrayEquals(DATA_KEY, backend.unwrap("k", last, CONTEXT));
      backend.rotate("k");
      assertEquals("2", backend.wrap("k", CONTEXT, DATA_KEY).version());
    }
  }

  @Test
  void theLimitHoldsOverRestartsAndProcesses() throws Exception {
    try (SoftwareBackend first = limited(2 * WrapBudget.FIRST_BLOCK)) {
      first.create(kek("k"));
      first.wrap("k", CONTEXT, DATA_KEY);
    }
    try (SoftwareBackend second = limited(2 * WrapBudget.FIRST_BLOCK)) {
      for (int i = 0; i < WrapBudget.FIRST_BLOCK; i++) {
        second.wrap("k", CONTEXT, DATA_KEY);
      }
      assertFails(Reason.DENIED, "rotate the key", () -> second.wrap("k", CONTEXT, DATA_KEY));
    }
  }

  @Test
  void blocksDoubleUpToTheLargest() throws Exception {
    WrapBudget budget = new WrapBudget();
    List<Long> asked = new ArrayList<>();
    for (int block = 0; block < 14; block++) {
      // one wrap for each block: the rest of it is not granted
      budget.take(
          wanted -> {
            asked.add(wanted);
            return 1;
          });
    }
    assertEquals(WrapBudget.FIRST_BLOCK, asked.get(0));
    assertEquals(2 * WrapBudget.FIRST_BLOCK, asked.get(1));
    assertEquals(WrapBudget.LARGEST_BLOCK, asked.get(12));
    assertEquals(WrapBudget.LARGEST_BLOCK, asked.get(13));
  }

  @Test
  void theLimitIsThatOfNist() {
    assertEquals(4_294_967_296L, Tuning.DEFAULT.wrapLimit());
  }
}
