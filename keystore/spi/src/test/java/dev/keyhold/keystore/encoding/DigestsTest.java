package dev.keyhold.keystore.encoding;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the prefixes that stand in RFC 8017, section 9.2, note 1. */
class DigestsTest {
  @ParameterizedTest
  @CsvSource({
    "SHA-1, 3021300906052b0e03021a05000414",
    "SHA-224, 302d300d06096086480165030402040500041c",
    "SHA-256, 3031300d060960864801650304020105000420",
    "SHA-384, 3041300d060960864801650304020205000430",
    "SHA-512, 3051300d060960864801650304020305000440",
    "SHA-512/224, 302d300d06096086480165030402050500041c",
    "SHA-512/256, 3031300d060960864801650304020605000420"
  })
  void writesAndKnowsTheDigestInfo(String name, String prefix) {
    byte[] digest = Digests.local(name).digest(new byte[] {1, 2, 3});
    assertEquals(digest.length, Digests.length(name));
    byte[] info = Digests.digestInfo(name, digest);
    assertEquals(prefix + HexFormat.of().formatHex(digest), HexFormat.of().formatHex(info));
    assertEquals(Optional.of(name), Digests.inDigestInfo(info));
    info[1]++;
    assertEquals(Optional.empty(), Digests.inDigestInfo(info));
  }

  @Test
  void namesAreStandardised() {
    assertEquals("SHA-1", Digests.standard("sha1"));
    assertEquals("SHA-256", Digests.standard("sha256"));
    assertEquals("SHA-512/256", Digests.standard("SHA512/256"));
    assertEquals("SHA3-256", Digests.standard("SHA3-256"));
  }
}
