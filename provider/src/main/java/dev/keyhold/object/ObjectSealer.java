package dev.keyhold.object;

import java.util.function.LongConsumer;
import java.util.function.Supplier;

/** Encrypts one object: header, salt, commitment, chunks. */
public final class ObjectSealer extends PooledTransform {
  private static final byte[] NOTHING = new byte[0];

  private final byte[] header;
  private final Supplier<byte[]> salts;
  private final ObjectContext context;
  private final LongConsumer counted;

  /** Null once the object's keys are derived from it. */
  private HkdfKey inputKey;

  private Cobblestone keys;
  private long chunk;
  private int buffered;

  /**
   * Ready for AAD and data.
   *
   * @param header complete, MAC included; not copied
   * @param salts makes the salt with the first output, so that copies of a process that was copied
   *     before have different ones
   * @param inputKey taken over: zeroed as soon as the object's keys are derived
   * @param counted is told how many bytes of plaintext there are; null for nobody
   */
  public ObjectSealer(
      Engine.Pool pool,
      byte[] header,
      Supplier<byte[]> salts,
      HkdfKey inputKey,
      ObjectContext context,
      LongConsumer counted) {
    super(pool);
    this.counted = counted;
    this.header = header;
    this.salts = salts;
    this.inputKey = inputKey;
    this.context = context;
  }

  /**
   * Returns a sealer of only the chunks of a message: what precedes them, and the keys, are the
   * caller's.
   */
  static ObjectSealer ofChunks(Engine.Pool pool, Cobblestone keys) {
    ObjectSealer sealer =
        new ObjectSealer(pool, NOTHING, () -> NOTHING, null, new ObjectContext(NOTHING), null);
    sealer.keys = keys;
    return sealer;
  }

  @Override
  public void updateAad(byte[] aad, int offset, int length) {
    context.updateAad(aad, offset, length);
  }

  @Override
  public int outputSize(byte[] in, int offset, int length, boolean last) {
    return Math.toIntExact(outputSize(length, last));
  }

  @Override
  public int outputBound(int length) {
    return (int) Math.min(Integer.MAX_VALUE, outputSize(length, true));
  }

  private long outputSize(int length, boolean last) {
    long data = (long) buffered + length;
    long size = data / Cobblestone.CHUNK * Cobblestone.SEALED_CHUNK;
    if (keys == null) {
      size += header.length + Cobblestone.PREFIX;
    }
    if (last) {
      size += data % Cobblestone.CHUNK + Cobblestone.TAG;
    }
    return size;
  }

  @Override
  int transform(byte[] in, int offset, int length, boolean last, byte[] out, int outOffset) {
    if (counted != null) {
      counted.accept(length);
    }
    int from = offset;
    int end = offset + length;
    int to = keys == null ? begin(out, outOffset) : outOffset;
    if (buffered > 0) {
      int part = Math.min(length, Cobblestone.CHUNK - buffered);
      engine().fill(buffered, in, from, part);
      buffered += part;
      from += part;
      if (buffered == Cobblestone.CHUNK) {
        to = seal(engine().buffer(buffered), 0, buffered, out, to);
        buffered = 0;
      }
    }
    while (end - from >= Cobblestone.CHUNK) {
      to = seal(in, from, Cobblestone.CHUNK, out, to);
      from += Cobblestone.CHUNK;
    }
    if (last) {
      if (buffered > 0) {
        to = seal(engine().buffer(buffered), 0, buffered, out, to);
      } else {
        to = seal(in, from, end - from, out, to);
      }
    } else if (end > from) {
      engine().fill(buffered, in, from, end - from);
      buffered += end - from;
    }
    return to - outOffset;
  }

  private int begin(byte[] out, int outOffset) {
    byte[] salt = salts.get();
    HkdfKey key = inputKey;
    inputKey = null;
    keys = Cobblestone.derive(engine(), key, salt, context);
    int to = put(header, out, outOffset);
    to = put(salt, out, to);
    keys.putCommitment(out, to);
    return to + Cobblestone.COMMITMENT;
  }

  private static int put(byte[] bytes, byte[] out, int to) {
    System.arraycopy(bytes, 0, out, to, bytes.length);
    return to + bytes.length;
  }

  private int seal(byte[] in, int from, int length, byte[] out, int to) {
    keys.seal(chunk++, in, from, length, out, to);
    return to + length + Cobblestone.TAG;
  }

  @Override
  public boolean isFaulty() {
    return false;
  }

  @Override
  public ChunkPipeline inParallel(int threads) {
    return goOn(keys, true, chunk, threads, buffered, counted);
  }

  @Override
  void erase() {
    if (inputKey != null) {
      inputKey.destroy();
    }
    if (keys != null) {
      keys.destroy();
    }
  }
}
