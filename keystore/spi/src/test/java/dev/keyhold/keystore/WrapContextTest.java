package dev.keyhold.keystore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WrapContextTest {
  private static String hex(Map<String, String> entries) {
    return HexFormat.of().formatHex(new WrapContext(entries).toBytes());
  }

  @Test
  void entriesAreSortedAndLengthPrefixed() {
    assertEquals("00016100023132" + "000162" + "0000", hex(Map.of("b", "", "a", "12")));
    assertEquals("", hex(Map.of()));
  }

  @Test
  void whereANameEndsMakesADifference() {
    assertNotEquals(hex(Map.of("ab", "c")), hex(Map.of("a", "bc")));
  }

  @Test
  void whatItsLengthCannotSayIsRefused() {
    String long65536 = "x".repeat(65536);
    assertThrows(IllegalArgumentException.class, () -> new WrapContext(Map.of("a", long65536)));
  }
}
