package dev.keyhold.keystore.software.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.keyhold.keystore.ErasableKey;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.Purpose;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The numbers of algorithms in a key file are part of its format: see KEYFILE.md. */
class RingCodecTest {
  /** Of the second version: its mark, the number of keys, and id and length of the name before. */
  private static final int ALGORITHM_AT = 4 + 4 + 16 + 2 + "k".length();

  @ParameterizedTest
  @CsvSource({
    "AES, 256, 1",
    "HmacSHA256, 256, 2",
    "HmacSHA384, 384, 3",
    "HmacSHA512, 512, 4",
    "RSA, 2048, 5",
    "EC, 256, 6",
    "Ed25519, 256, 7",
    "X25519, 256, 8",
    "ML-DSA-44, 10496, 9",
    "ML-DSA-65, 15616, 10",
    "ML-DSA-87, 20736, 11",
    "ML-KEM-512, 6400, 12",
    "ML-KEM-768, 9472, 13",
    "ML-KEM-1024, 12544, 14"
  })
  void anAlgorithmKeepsItsNumber(String algorithm, int bits, int number) {
    KeySpec spec = new KeySpec(algorithm, bits);
    ErasableKey material = new ErasableKey(algorithm, new byte[bits / 8]);
    StoredVersion version = new StoredVersion(1, KeyState.ACTIVE, Instant.EPOCH, 0, material);
    Purpose purpose = KeyRules.purposesOf(spec).iterator().next();
    KeyExtras extras = KeyExtras.NONE;
    StoredKey key =
        new StoredKey(
            "0".repeat(32), "k", spec, Set.of(purpose), KeyState.ACTIVE, List.of(version), extras);
    byte[] encoded = RingCodec.encode(new KeyRing(List.of(key)));
    int at = key.needsSecondVersion() ? ALGORITHM_AT : ALGORITHM_AT - 4;
    assertEquals(number, encoded[at]);
  }
}
