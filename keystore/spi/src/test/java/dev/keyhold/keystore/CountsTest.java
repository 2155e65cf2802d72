package dev.keyhold.keystore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CountsTest {
  @ParameterizedTest
  @CsvSource({"0, 0", "7, 7", "999999999999999999, 999999999999999999"})
  void readsWholeNumbers(String text, long count) {
    assertEquals(count, Counts.parse(text, 0, Long.MAX_VALUE, IllegalArgumentException::new));
    assertEquals(count, Counts.parseSize(text, 0, Long.MAX_VALUE, IllegalArgumentException::new));
  }

  @ParameterizedTest
  @CsvSource({
    "64KiB, 65536",
    "1MiB, 1048576",
    "8GiB, 8589934592",
    "1TiB, 1099511627776",
    "8388607TiB, 9223370937343148032"
  })
  void readsSizes(String text, long bytes) {
    assertEquals(bytes, Counts.parseSize(text, 0, Long.MAX_VALUE, IllegalArgumentException::new));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "+1", "-1", "01", "1.0", "1e3", "1 ", "1k", "٥", "1234567890123456789"})
  void refusesAllElse(String text) {
    assertThrows(
        IllegalArgumentException.class,
        () -> Counts.parse(text, 0, Long.MAX_VALUE, IllegalArgumentException::new));
    assertThrows(
        IllegalArgumentException.class,
        () -> Counts.parseSize(text, 0, Long.MAX_VALUE, IllegalArgumentException::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"8388608TiB", "999999999TiB", "1 KiB", "1KB", "1kib", "1.5GiB"})
  void refusesSizesThatAreNone(String text) {
    assertThrows(
        IllegalArgumentException.class,
        () -> Counts.parseSize(text, 0, Long.MAX_VALUE, IllegalArgumentException::new));
  }

  @Test
  void theBoundsBelongToTheRange() {
    assertEquals(1, Counts.parse("1", 1, 16, IllegalArgumentException::new));
    assertEquals(16, Counts.parse("16", 1, 16, IllegalArgumentException::new));
    for (String text : new String[] {"0", "17"}) {
      IllegalArgumentException refused =
          assertThrows(
              IllegalArgumentException.class,
              () -> Counts.parse(text, 1, 16, IllegalArgumentException::new));
      assertEquals("must be a whole number from 1 to 16", refused.getMessage());
    }
  }
}
