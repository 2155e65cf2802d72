package dev.keyhold.object;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ChunkNonceTest {
  private static final HexFormat HEX = HexFormat.of();

  @Test
  void theChunkNumberIsXoredBigEndian() {
    ChunkNonce nonce = new ChunkNonce(HEX.parseHex("ffffffffffffffffffffffff"));
    assertArrayEquals(HEX.parseHex("ffffffffffffffffffffffff"), nonce.at(0).getIV());
    assertArrayEquals(HEX.parseHex("fffffffffffffffffffffefd"), nonce.at(0x102).getIV());
    assertArrayEquals(HEX.parseHex("ffffffffffffffc000000000"), nonce.at((1L << 38) - 1).getIV());
  }

  @Test
  void anEngineMayKeepTheLastArrayToCompareWith() {
    ChunkNonce nonce = new ChunkNonce(new byte[12]);
    byte[] kept = nonce.at(7).getIV();
    byte[] copy = kept.clone();
    assertNotSame(kept, nonce.at(8).getIV());
    assertArrayEquals(copy, kept);
  }

  @Test
  void theCounterEndsAt2To38() {
    ChunkNonce nonce = new ChunkNonce(new byte[12]);
    assertThrows(IllegalStateException.class, () -> nonce.at(1L << 38));
  }
}
