package dev.keyhold.keystore.encoding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against encodings that stand in X.690 and the RFCs. */
class DerTest {
  @ParameterizedTest
  @CsvSource({
    "2.5.4.3, 0603550403",
    "1.2.840.113549.1.1.11, 06092a864886f70d01010b",
    "1.2.840.10045.4.3.2, 06082a8648ce3d040302",
    "2.16.840.1.101.3.4.2.1, 0609608648016503040201",
    "1.3.128.16384.0, 06072b810081800000"
  })
  void writesObjectIdentifiers(String dotted, String hex) {
    assertEquals(hex, HexFormat.of().formatHex(Der.oid(dotted)));
  }

  @ParameterizedTest
  @CsvSource({"0, 020100", "127, 02017f", "128, 02020080", "256, 02020100"})
  void writesIntegers(String value, String hex) {
    assertEquals(hex, HexFormat.of().formatHex(Der.integer(new BigInteger(value))));
  }

  @ParameterizedTest
  @CsvSource({"0, 3000", "127, 307f", "128, 308180", "255, 3081ff", "256, 30820100"})
  void writesLengths(int length, String hex) {
    byte[] expected = HexFormat.of().parseHex(hex);
    byte[] written = Der.sequence(new byte[length]);
    assertArrayEquals(expected, Arrays.copyOf(written, expected.length));
    assertEquals(expected.length + length, written.length);
  }

  @Test
  void writesTheRest() {
    assertEquals("0500", HexFormat.of().formatHex(Der.nothing()));
    assertEquals("03020007", HexFormat.of().formatHex(Der.bitString(new byte[] {7})));
    assertEquals("3103020101", HexFormat.of().formatHex(Der.set(Der.integer(BigInteger.ONE))));
    assertEquals("0c02c3a9", HexFormat.of().formatHex(Der.utf8("é")));
  }
}
