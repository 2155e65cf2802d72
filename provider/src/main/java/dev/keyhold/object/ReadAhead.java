package dev.keyhold.object;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import javax.crypto.AEADBadTagException;

/**
 * Reads an object from one position on, one read after the other, and decrypts what comes next on
 * several threads meanwhile. Used by one thread at a time.
 */
public final class ReadAhead implements AutoCloseable {
  private final ChunkPipeline pipeline;
  private final InputStream sealed;

  /** The number of bytes of the first result before the position that was asked for. */
  private int skip;

  private long position;
  private int taken;
  private int limit;
  private boolean more = true;

  /**
   * Begins at a position.
   *
   * @param dataAt where the first chunk begins in the source
   */
  ReadAhead(
      Engine.Pool pool,
      SeekableByteChannel source,
      Cobblestone keys,
      long dataAt,
      long position,
      int threads) {
    long chunk = position / Cobblestone.CHUNK;
    this.position = position;
    skip = (int) (position % Cobblestone.CHUNK);
    sealed = new From(source, dataAt + chunk * Cobblestone.SEALED_CHUNK);
    pipeline = new ChunkPipeline(pool, keys, false, chunk, threads, null);
  }

  /** A channel that others position too, from one position on. */
  private static final class From extends InputStream {
    private final SeekableByteChannel source;
    private long at;

    From(SeekableByteChannel source, long at) {
      this.source = source;
      this.at = at;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      source.position(at);
      int count = source.read(ByteBuffer.wrap(bytes, offset, length));
      at += Math.max(0, count);
      return count;
    }
  }

  /** Returns the position of the next byte. */
  public long position() {
    return position;
  }

  /**
   * Reads at the position, and moves it.
   *
   * @return how many bytes were put; -1 at the end
   * @throws AEADBadTagException if a chunk near the position does not open; this is then of no
   *     further use
   */
  public int read(ByteBuffer out) throws IOException, AEADBadTagException {
    while (taken == limit) {
      while (more && !pipeline.isFull()) {
        more = pipeline.fill(sealed);
      }
      if (!pipeline.isPending()) {
        return -1;
      }
      limit = pipeline.take();
      taken = Math.min(skip, limit);
      skip = 0;
    }
    int length = Math.min(limit - taken, out.remaining());
    out.put(pipeline.output(), taken, length);
    taken += length;
    position += length;
    return length;
  }

  /** Ends the work on other threads, and zeroes what was decrypted. */
  @Override
  public void close() {
    pipeline.close();
  }
}
