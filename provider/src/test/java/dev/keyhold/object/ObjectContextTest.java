package dev.keyhold.object;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ObjectContextTest {
  @Test
  void ivAndAadAreLengthPrefixed() {
    ObjectContext context = new ObjectContext(new byte[] {1, 2});
    context.updateAad("abc".getBytes(StandardCharsets.US_ASCII), 1, 2);
    assertEquals(
        HexFormat.of().formatHex("keyhold/1/object".getBytes(StandardCharsets.US_ASCII))
            + "00000002"
            + "0102"
            + "00"
            + "0000000000000002"
            + "6263",
        HexFormat.of().formatHex(context.toBytes()));
  }

  @Property
  void piecesMakeNoDifference(
      @ForAll @IntRange(max = 400) int length, @ForAll @IntRange(max = 400) int cut) {
    byte[] aad = new byte[length];
    new Random(length).nextBytes(aad);
    int middle = Math.min(cut, length);
    ObjectContext whole = new ObjectContext(new byte[0]);
    whole.updateAad(aad, 0, length);
    ObjectContext pieces = new ObjectContext(new byte[0]);
    pieces.updateAad(aad, 0, middle);
    pieces.updateAad(aad, middle, length - middle);
    assertArrayEquals(whole.toBytes(), pieces.toBytes());
  }
}
