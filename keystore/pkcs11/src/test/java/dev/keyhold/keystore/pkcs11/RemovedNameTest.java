package dev.keyhold.keystore.pkcs11;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemovedNameTest {
  private static final Instant NOW = Instant.parse("2026-11-24T03:26:00.5Z");

  @Test
  void tellsApartWhatWasRemovedInOneSecond() {
    assertEquals("orders~removed-20261124T032600Z", RemovedName.of("orders", NOW, 1));
    assertEquals("orders~removed-20261124T032600Z-12", RemovedName.of("orders", NOW, 12));
  }

  @ParameterizedTest
  @ValueSource(strings = {"orders", "a\nb", "~removed-20261124T032600Z"})
  void knowsWhatItMakes(String name) {
    assertTrue(RemovedName.isOne(RemovedName.of(name, NOW, 1)));
    assertTrue(RemovedName.isOne(RemovedName.of(name, NOW, 2)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "orders",
        "orders~removed-",
        "orders~removed-2026",
        "~removed-20261124T032600Z",
        "orders~removed-20261124T032600Z-",
        "orders~removed-20261124T032600Z-new"
      })
  void takesNoOtherNameForOne(String name) {
    assertFalse(RemovedName.isOne(name));
  }
}
