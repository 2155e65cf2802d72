package dev.keyhold.object;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.keyhold.keystore.LocalRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The keys of one message: what they are bound to, and what is left of them. */
class CobblestoneTest {
  private static final int LENGTH = 100;

  private final byte[] inputKey = LocalRandom.bytes(Cobblestone.INPUT_KEY);
  private final byte[] salt = LocalRandom.bytes(Cobblestone.SALT);
  private final byte[] iv = LocalRandom.bytes(12);

  /** With an engine of their own: the JDK's refuses to seal with the same key and nonce again. */
  private Cobblestone keys() {
    return keys(new Engine.Pool(1).take());
  }

  private Cobblestone keys(Engine engine) {
    return Cobblestone.derive(engine, HkdfKey.of(inputKey), salt, new ObjectContext(iv));
  }

  private static byte[] sealed(Cobblestone keys, long chunk) {
    byte[] sealed = new byte[LENGTH + Cobblestone.TAG];
    keys.seal(chunk, new byte[LENGTH], 0, LENGTH, sealed, 0);
    return sealed;
  }

  private static byte[] commitment(Cobblestone keys) {
    byte[] commitment = new byte[Cobblestone.COMMITMENT];
    keys.putCommitment(commitment, 0);
    return commitment;
  }

  @Test
  void differWithEachBitOfKeySaltAndContext() {
    byte[] commitment = commitment(keys());
    byte[] chunk = sealed(keys(), 0);
    assertArrayEquals(commitment, commitment(keys()));
    assertArrayEquals(chunk, sealed(keys(), 0));
    for (byte[] part : new byte[][] {inputKey, salt, iv}) {
      for (int at = 0; at < part.length; at++) {
        part[at] ^= 4;
        assertFalse(Arrays.equals(commitment, commitment(keys())), "byte " + at);
        assertFalse(Arrays.equals(chunk, sealed(keys(), 0)), "byte " + at);
        part[at] ^= 4;
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, LENGTH - 1, LENGTH, LENGTH + Cobblestone.TAG - 1})
  void ofAChunkThatFailsZerosAreLeft(int at) {
    byte[] chunk = sealed(keys(), 0);
    chunk[at] ^= 1;
    byte[] out = new byte[LENGTH + 2];
    Arrays.fill(out, (byte) 0x55);
    assertThrows(AEADBadTagException.class, () -> keys().open(0, chunk, 0, chunk.length, out, 1));
    byte[] expected = new byte[LENGTH + 2];
    expected[0] = expected[LENGTH + 1] = 0x55;
    assertArrayEquals(expected, out);
  }

  @Test
  void aChunkOpensInItsPlaceOnly() throws Exception {
    byte[] chunk = sealed(keys(), 1L << 33);
    byte[] out = new byte[LENGTH];
    keys().open(1L << 33, chunk, 0, chunk.length, out, 0);
    for (long other : new long[] {0, 1, (1L << 33) + 1, (1L << 33) - 1, 1L << 32}) {
      assertThrows(
          AEADBadTagException.class,
          () -> keys().open(other, chunk, 0, chunk.length, out, 0),
          "chunk " + other);
    }
  }

  @Test
  void nothingOfThemIsLeftInTheEngine() {
    Engine engine = new Engine.Pool(1).take();
    keys(engine);
    assertArrayEquals(new byte[engine.derived.length], engine.derived);
  }

  @Test
  void theyServeNobodyOnceTheyAreDestroyed() {
    Cobblestone keys = keys();
    Cobblestone elsewhere = keys.with(new Engine.Pool(1).take());
    assertArrayEquals(sealed(keys, 0), sealed(elsewhere, 0));
    keys.destroy();
    for (Cobblestone destroyed : new Cobblestone[] {keys, elsewhere}) {
      assertThrows(RuntimeException.class, () -> sealed(destroyed, 1));
    }
  }
}
