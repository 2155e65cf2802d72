package dev.keyhold.object;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.keyhold.keystore.LocalRandom;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An object that goes on with several threads, called at the wrong time. */
@Timeout(60)
class ParallelTest {
  private final Engine.Pool pool = new Engine.Pool(4);
  private ObjectSealer sealer;
  private ChunkPipeline pipeline;

  @BeforeEach
  void beginAnObject() {
    Engine engine = pool.take();
    HkdfKey key = HkdfKey.of(LocalRandom.bytes(Cobblestone.INPUT_KEY));
    Cobblestone keys = Cobblestone.derive(engine, key, LocalRandom.bytes(Cobblestone.SALT));
    pool.giveBack(engine);
    sealer = ObjectSealer.ofChunks(pool, keys);
  }

  @AfterEach
  void close() {
    if (pipeline != null) {
      pipeline.close();
    }
    sealer.destroy();
  }

  private static byte[] plain(int length) {
    byte[] plain = new byte[length];
    Arrays.fill(plain, (byte) 7);
    return plain;
  }

  /** The numbers of chunks, and so the nonces, would be used twice. */
  @Test
  void theObjectGoesOnByThePipelineOnly() {
    pipeline = sealer.inParallel(2);
    byte[] out = new byte[200];
    assertThrows(
        IllegalStateException.class, () -> sealer.process(plain(100), 0, 100, true, out, 0));
    assertThrows(IllegalStateException.class, () -> sealer.inParallel(2));
    assertArrayEquals(new byte[200], out);
  }

  @Test
  void anObjectThatWasDestroyedHasNoPipeline() {
    sealer.destroy();
    assertThrows(IllegalStateException.class, () -> sealer.inParallel(2));
  }

  @Test
  void whatIsPutIntoAClosedPipelineIsRefusedAndErased() throws Exception {
    pipeline = sealer.inParallel(1);
    assertEquals(100, pipeline.put(plain(100), 0, 100));
    pipeline.close();
    requireErased();
    assertThrows(IOException.class, () -> pipeline.put(plain(100), 0, 100));
    requireErased();
    assertThrows(IOException.class, () -> pipeline.fill(new ByteArrayInputStream(plain(100))));
    requireErased();
  }

  @Test
  void aClosedPipelineGivesNoResult() throws Exception {
    pipeline = sealer.inParallel(1);
    pipeline.put(plain(100), 0, 100);
    pipeline.end();
    pipeline.close();
    assertThrows(IOException.class, pipeline::take);
  }

  private void requireErased() throws ReflectiveOperationException {
    Object ring = field(ChunkPipeline.class, "ring").get(pipeline);
    for (int i = 0; i < Array.getLength(ring); i++) {
      Object batch = Array.get(ring, i);
      byte[] in = (byte[]) field(batch.getClass(), "in").get(batch);
      assertArrayEquals(new byte[in.length], in);
    }
  }

  private static Field field(Class<?> type, String name) throws NoSuchFieldException {
    Field field = type.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }
}
