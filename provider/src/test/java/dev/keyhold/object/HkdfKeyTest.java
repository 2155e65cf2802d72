package dev.keyhold.object;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.keyhold.keystore.LocalRandom;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HkdfKeyTest {
  /** RFC 4231, sections 4.2 to 4.8: key, data, HMAC-SHA-512. */
  @ParameterizedTest
  @CsvSource({
    "0b*20, 4869205468657265,"
        + " 87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
        + "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
    "4a656665*1, 7768617420646f2079612077616e7420666f72206e6f7468696e673f,"
        + " 164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
        + "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
    "aa*20, dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
        + "dddddddddddddddddddddddddddddddd,"
        + " fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39"
        + "bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb",
    "aa*131, 54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579"
        + "202d2048617368204b6579204669727374,"
        + " 80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
        + "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
  })
  void isTheHmacOfRfc4231(String key, String data, String expected) {
    String[] repeated = key.split("\\*", -1);
    byte[] bytes = HexFormat.of().parseHex(repeated[0].repeat(Integer.parseInt(repeated[1])));
    byte[] mac = HkdfKey.of(bytes).hmac(HexFormat.of().parseHex(data));
    assertEquals(expected, HexFormat.of().formatHex(mac));
  }

  /** RFC 5869, section 2.3, by the JDK's HMAC. */
  private static byte[] reference(byte[] key, byte[] info, int length) throws Exception {
    Mac hmac = Mac.getInstance("HmacSHA512", "SunJCE");
    hmac.init(new SecretKeySpec(key, "HKDF"));
    byte[] out = new byte[0];
    byte[] last = new byte[0];
    for (int i = 1; out.length < length; i++) {
      hmac.update(last);
      hmac.update(info);
      hmac.update((byte) i);
      last = hmac.doFinal();
      int before = out.length;
      out = Arrays.copyOf(out, Math.min(length, before + last.length));
      System.arraycopy(last, 0, out, before, out.length - before);
    }
    return out;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 32, 63, 64, 65, 76, 128, 129, 1000, 255 * 64})
  void expandsAsRfc5869Does(int length) throws Exception {
    for (int infoLength : new int[] {0, 1, 63, 64, 111, 112, 127, 128, 129, 300}) {
      byte[] key = LocalRandom.bytes(32);
      byte[] info = LocalRandom.bytes(infoLength);
      assertArrayEquals(reference(key, info, length), HkdfKey.of(key).expand(info, length));
    }
  }

  @Test
  void aCopyOutlivesItsOriginal() throws Exception {
    byte[] key = LocalRandom.bytes(32);
    byte[] info = "info".getBytes(StandardCharsets.US_ASCII);
    HkdfKey original = HkdfKey.of(key);
    HkdfKey copy = original.copy();
    HkdfKey second = original.copy();
    assertArrayEquals(reference(key, info, 76), original.expand(info, 76));
    assertArrayEquals(reference(key, info, 76), copy.expand(info, 76));
    assertArrayEquals(reference(key, info, 20), second.expand(info, 20));
  }

  @Test
  void noLabelIsTheBeginningOfAnother() {
    String[] labels = {
      new String(Kdf.HEADER_MAC, StandardCharsets.US_ASCII),
      new String(Kdf.EPOCH_INPUT_KEY, StandardCharsets.US_ASCII),
      "keyhold/1/object",
      "keyhold/1/hmac-derive",
      "keyhold/1/key-file/encrypt",
      "keyhold/1/key-file/check",
      "keyhold/1/data-key", // of a pre-release
      "c2sp.org/chunked-encryption@v1"
    };
    for (String one : labels) {
      for (String other : labels) {
        assertEquals(one.equals(other), one.startsWith(other), one + " and " + other);
      }
    }
  }

  /** A digest that lost its key would derive from public data alone. */
  @Test
  void aKeyServesOnce() {
    HkdfKey key = HkdfKey.of(new byte[32]);
    key.expand(new byte[1], new byte[32]);
    assertThrows(IllegalStateException.class, () -> key.expand(new byte[1], new byte[32]));
    assertThrows(IllegalStateException.class, () -> key.hmac(new byte[1]));
    HkdfKey destroyed = HkdfKey.of(new byte[32]);
    destroyed.destroy();
    assertThrows(IllegalStateException.class, () -> destroyed.expand(new byte[1], new byte[32]));
  }
}
