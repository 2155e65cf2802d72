package dev.keyhold.object;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.object.Header.MalformedHeaderException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;

/**
 * Random access to one object: decrypts the chunks that are asked for, and the last one when it is
 * opened, so that its length is authenticated. Not thread-safe.
 */
public final class ObjectReader implements AutoCloseable {
  private final Engine.Pool pool;
  private final SeekableByteChannel source;
  private final long dataAt;
  private final long lastChunk;
  private final long size;
  private final Cobblestone keys;
  private final byte[] plain = new byte[Cobblestone.CHUNK];

  private Engine engine;
  private long plainChunk = -1;
  private int plainLength;

  /**
   * Creates a reader of the chunks of a message whose keys are known.
   *
   * @param engine the one that the keys work with; given back by {@link #close}
   * @param dataAt where the first chunk begins
   */
  ObjectReader(
      Engine.Pool pool, Engine engine, SeekableByteChannel source, Cobblestone keys, long dataAt)
      throws IOException, AEADBadTagException {
    this.pool = pool;
    this.engine = engine;
    this.source = source;
    this.keys = keys;
    this.dataAt = dataAt;
    long sealed = source.size() - dataAt;
    lastChunk = sealed / Cobblestone.SEALED_CHUNK;
    size = Cobblestone.plaintextLength(sealed);
    if (size < 0 || lastChunk >= ChunkNonce.MAX_CHUNKS) {
      throw NotOpened.because("it ends before its last chunk does");
    }
    load(lastChunk);
  }

  public static ObjectReader open(
      Engine.Pool pool, MessageKeys keys, ObjectContext context, SeekableByteChannel source)
      throws IOException, BackendException, AEADBadTagException {
    byte[] start = start(source);
    for (int attempt = 1; ; attempt++) {
      try {
        return open(pool, keys, context, source, start);
      } catch (AEADBadTagException e) {
        if (attempt == TornRead.TRIES || !TornRead.pause()) {
          throw e;
        }
        byte[] again = start(source);
        if (Arrays.equals(start, again)) {
          throw e;
        }
        start = again; // a rewrap replaced the header meanwhile
      }
    }
  }

  /** Returns all that stands before the chunks. */
  private static byte[] start(SeekableByteChannel source) throws IOException, AEADBadTagException {
    try {
      return readAt(source, 0, Prefix.length(readAt(source, 0, Header.PROLOGUE)));
    } catch (MalformedHeaderException e) {
      throw NotOpened.because(e.getMessage());
    }
  }

  private static ObjectReader open(
      Engine.Pool pool,
      MessageKeys origin,
      ObjectContext context,
      SeekableByteChannel source,
      byte[] start)
      throws IOException, BackendException, AEADBadTagException {
    int dataAt = start.length;
    Prefix prefix = Prefix.of(start);
    Engine engine = pool.take();
    Cobblestone keys = null;
    boolean opened = false;
    try {
      keys = origin.open(prefix, context, engine);
      ObjectReader reader = new ObjectReader(pool, engine, source, keys, dataAt);
      opened = true;
      return reader;
    } finally {
      if (!opened) {
        if (keys != null) {
          keys.destroy();
        }
        pool.giveBack(engine);
      }
    }
  }

  /** Returns the length of the plaintext in bytes, authenticated. */
  public long size() {
    return size;
  }

  /**
   * Reads plaintext at a position.
   *
   * @return how many bytes were put, at most to the end of a chunk; -1 at or after the end
   * @throws AEADBadTagException if the chunk does not open
   */
  public int read(long position, ByteBuffer out) throws IOException, AEADBadTagException {
    if (position >= size) {
      return -1;
    }
    load(position / Cobblestone.CHUNK);
    int at = (int) (position % Cobblestone.CHUNK);
    int length = Math.min(plainLength - at, out.remaining());
    out.put(plain, at, length);
    return length;
  }

  /**
   * Returns a reader from a position on, with several threads. It must be closed before this is.
   *
   * @param threads at most {@link ChunkPipeline#MAX_THREADS} are used
   */
  public ReadAhead from(long position, int threads) {
    return new ReadAhead(pool, source, keys, dataAt, position, threads);
  }

  private void load(long chunk) throws IOException, AEADBadTagException {
    if (chunk == plainChunk) {
      return;
    }
    plainChunk = -1;
    int length =
        chunk == lastChunk
            ? (int) (size - chunk * Cobblestone.CHUNK) + Cobblestone.TAG
            : Cobblestone.SEALED_CHUNK;
    byte[] sealed = engine.buffer(length);
    readAt(source, dataAt + chunk * Cobblestone.SEALED_CHUNK, sealed, length);
    try {
      keys.open(chunk, sealed, 0, length, plain, 0);
    } catch (AEADBadTagException e) {
      throw NotOpened.because("the tag of chunk " + chunk + " is wrong");
    }
    plainLength = length - Cobblestone.TAG;
    plainChunk = chunk;
  }

  private static byte[] readAt(SeekableByteChannel source, long position, int length)
      throws IOException, AEADBadTagException {
    byte[] bytes = new byte[length];
    readAt(source, position, bytes, length);
    return bytes;
  }

  private static void readAt(SeekableByteChannel source, long position, byte[] into, int length)
      throws IOException, AEADBadTagException {
    ByteBuffer buffer = ByteBuffer.wrap(into, 0, length);
    source.position(position);
    while (buffer.hasRemaining()) {
      if (source.read(buffer) < 0) {
        throw NotOpened.because("it is cut short");
      }
    }
  }

  /** Destroys the keys and zeroes what was decrypted; leaves the source open. */
  @Override
  public void close() {
    keys.destroy();
    Arrays.fill(plain, (byte) 0);
    if (engine != null) {
      pool.giveBack(engine);
      engine = null;
    }
  }
}
