package dev.keyhold.object;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.keyhold.keystore.LocalRandom;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in an engine's buffer when an object is done with it. */
class EngineTest {
  private final Engine.Pool pool = new Engine.Pool(1);
  private ObjectSealer sealer;
  private Engine engine;

  @BeforeEach
  void beginAnObject() {
    engine = pool.take();
    HkdfKey key = HkdfKey.of(LocalRandom.bytes(Cobblestone.INPUT_KEY));
    Cobblestone keys = Cobblestone.derive(engine, key, LocalRandom.bytes(Cobblestone.SALT));
    pool.giveBack(engine);
    sealer = ObjectSealer.ofChunks(pool, keys);
  }

  /** Plaintext without a zero byte. */
  private static byte[] plain(int length) {
    byte[] plain = new byte[length];
    Arrays.fill(plain, (byte) 7);
    return plain;
  }

  private void put(int length, boolean last) throws Exception {
    byte[] plain = plain(length);
    byte[] out = new byte[sealer.outputSize(plain, 0, length, last)];
    sealer.process(plain, 0, length, last, out, 0);
  }

  private static void assertZero(Engine engine) {
    byte[] buffer = engine.buffer(0);
    assertArrayEquals(new byte[buffer.length], buffer);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, Cobblestone.CHUNK - 1, Cobblestone.CHUNK, Cobblestone.CHUNK + 1})
  void isZeroAfterTheEnd(int length) throws Exception {
    put(length, false);
    assertSame(engine, sealer.engine());
    put(0, true);
    assertSame(engine, pool.take(), "it was given back");
    assertZero(engine);
  }

  @Test
  void isZeroAfterAnObjectThatWasFilledInParts() throws Exception {
    put(Cobblestone.CHUNK - 50, false);
    put(100, false);
    put(100, true);
    assertSame(engine, pool.take());
    assertZero(engine);
  }

  @Test
  void isZeroAfterAnObjectThatWasGivenUp() throws Exception {
    put(100, false);
    assertFalse(Arrays.equals(new byte[100], Arrays.copyOf(engine.buffer(0), 100)), "it is there");
    sealer.destroy();
    assertZero(engine);
  }

  @Test
  void isZeroAfterAFailure() throws Exception {
    put(100, false);
    assertThrows(
        RuntimeException.class, () -> sealer.process(plain(1), 0, 1, true, new byte[0], 0));
    assertZero(engine);
  }

  @Test
  void whatWasWrittenIntoItIsZeroedToo() {
    Engine taken = pool.take();
    Arrays.fill(taken.buffer(300), 0, 300, (byte) 7);
    taken.buffer(20);
    taken.fill(500, plain(30), 0, 30);
    taken.fill(10, plain(30), 0, 30);
    pool.giveBack(taken);
    assertZero(taken);
  }
}
