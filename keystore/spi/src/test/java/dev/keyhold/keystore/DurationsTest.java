package dev.keyhold.keystore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
  @ParameterizedTest
  @CsvSource({
    "500ms, PT0.5S",
    "30s, PT30S",
    "5m, PT5M",
    "8h, PT8H",
    "7d, PT168H",
    "0s, PT0S",
    "24h, PT24H"
  })
  void readsEachUnitAndWritesItAgain(String text, Duration duration) {
    assertEquals(Optional.of(duration), Durations.parse(text));
    assertEquals(text, Durations.text(duration));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "5", "5 m", "05m", "-5m", "5M", "5min", "1.5h", "5m30s", "1234567890s", "٥m"})
  void refusesAllElse(String text) {
    assertEquals(Optional.empty(), Durations.parse(text));
  }

  @Test
  void theBoundsBelongToTheRange() {
    Duration least = Duration.ofSeconds(1);
    Duration longest = Duration.ofHours(24);
    assertTrue(Durations.parse("1s", least, longest).isPresent());
    assertTrue(Durations.parse("1d", least, longest).isPresent());
    assertTrue(Durations.parse("999ms", least, longest).isEmpty());
    assertTrue(Durations.parse("25h", least, longest).isEmpty());
    assertEquals(
        "must be a duration from 1s to 24h, such as 500ms, 30s, 5m, 8h or 7d",
        Durations.required(least, longest));
  }
}
