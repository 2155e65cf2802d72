package dev.keyhold.object;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.object.Header.MalformedHeaderException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;

/**
 * Decrypts one object. Releases only what was authenticated; after the first fault it releases and
 * keeps nothing more, and its end says what was wrong.
 */
public final class ObjectOpener extends PooledTransform {
  private static final byte[] NOTHING = new byte[0];

  private final MessageKeys source;
  private final ObjectContext context;

  /** The bytes before the chunks, collected until they are complete. */
  private byte[] prefix = NOTHING;

  private int prefixRead;
  private boolean lengthKnown;
  private Cobblestone keys;
  private long chunk;
  private int buffered;

  private AEADBadTagException fault;
  private BackendException failure;

  public ObjectOpener(Engine.Pool pool, MessageKeys source, ObjectContext context) {
    super(pool);
    this.source = source;
    this.context = context;
  }

  /**
   * Returns an opener of only the chunks of a message: what precedes them, and the keys, are the
   * caller's.
   */
  static ObjectOpener ofChunks(Engine.Pool pool, Cobblestone keys) {
    ObjectOpener opener = new ObjectOpener(pool, null, new ObjectContext(new byte[0]));
    opener.keys = keys;
    return opener;
  }

  @Override
  public void updateAad(byte[] aad, int offset, int length) {
    context.updateAad(aad, offset, length);
  }

  @Override
  public int outputBound(int length) {
    return (int) Math.min(Integer.MAX_VALUE, (long) length + buffered);
  }

  @Override
  public int outputSize(byte[] in, int offset, int length, boolean last) {
    if (isFaulty()) {
      return 0;
    }
    long data = (long) buffered + length;
    if (keys == null) {
      data = (long) prefixRead + length - prefixLength(in, offset, length);
    }
    if (data <= 0) {
      return 0;
    }
    long size = data / Cobblestone.SEALED_CHUNK * Cobblestone.CHUNK;
    if (last) {
      size += Math.max(0, data % Cobblestone.SEALED_CHUNK - Cobblestone.TAG);
    }
    return Math.toIntExact(size);
  }

  /** Returns how long it is, as the bytes read and this input tell. */
  private long prefixLength(byte[] in, int offset, int length) {
    if (lengthKnown) {
      return prefix.length;
    }
    if (prefixRead + length < Header.PROLOGUE) {
      return Long.MAX_VALUE;
    }
    try {
      if (prefixRead == 0) {
        return Prefix.length(in, offset);
      }
      byte[] prologue = Arrays.copyOf(prefix, Header.PROLOGUE);
      System.arraycopy(in, offset, prologue, prefixRead, Header.PROLOGUE - prefixRead);
      return Prefix.length(prologue);
    } catch (MalformedHeaderException e) {
      return Long.MAX_VALUE; // processing it will say so
    }
  }

  @Override
  int transform(byte[] in, int offset, int length, boolean last, byte[] out, int outOffset)
      throws AEADBadTagException, BackendException {
    Progress progress = new Progress(in, offset, offset + length, out, outOffset);
    if (!isFaulty()) {
      try {
        decrypt(progress, last);
      } catch (AEADBadTagException e) {
        fault = e;
      } catch (BackendException e) {
        failure = e;
      }
      if (isFaulty()) {
        release();
      }
    }
    if (failure != null) {
      throw failure;
    }
    if (fault != null && last) {
      Arrays.fill(out, outOffset, progress.to, (byte) 0);
      throw fault;
    }
    return progress.to - outOffset;
  }

  @Override
  public boolean isFaulty() {
    return fault != null || failure != null;
  }

  /** The progress of one call in its input and output. */
  private static final class Progress {
    final byte[] in;
    final int end;
    final byte[] out;
    int from;
    int to;

    Progress(byte[] in, int from, int end, byte[] out, int to) {
      this.in = in;
      this.from = from;
      this.end = end;
      this.out = out;
      this.to = to;
    }

    int remaining() {
      return end - from;
    }
  }

  private void decrypt(Progress progress, boolean last)
      throws AEADBadTagException, BackendException {
    if (keys == null) {
      Prefix complete = readPrefix(progress);
      keys = complete == null ? null : keysOf(complete);
    }
    if (keys != null) {
      decryptChunks(progress, last);
    }
    if (last) {
      decryptLast(progress);
    }
  }

  /** Gathers what stands before the chunks; null until it is complete. */
  private Prefix readPrefix(Progress progress) throws AEADBadTagException {
    try {
      if (prefixRead == 0 && progress.remaining() >= Header.PROLOGUE) {
        int length = Prefix.length(progress.in, progress.from);
        if (progress.remaining() >= length) {
          progress.from += length;
          return Prefix.of(progress.in, progress.from - length, length);
        }
      }
      if (!lengthKnown && fillPrefix(progress)) {
        prefix = Arrays.copyOf(prefix, Prefix.length(prefix));
        lengthKnown = true;
      }
    } catch (MalformedHeaderException e) {
      throw NotOpened.because(e.getMessage());
    }
    return lengthKnown && fillPrefix(progress) ? Prefix.of(prefix) : null;
  }

  private boolean fillPrefix(Progress progress) {
    if (prefix.length == 0) {
      prefix = new byte[Header.PROLOGUE];
    }
    int part = Math.min(progress.remaining(), prefix.length - prefixRead);
    System.arraycopy(progress.in, progress.from, prefix, prefixRead, part);
    prefixRead += part;
    progress.from += part;
    return prefixRead == prefix.length;
  }

  private Cobblestone keysOf(Prefix complete) throws AEADBadTagException, BackendException {
    return source.open(complete, context, engine());
  }

  /**
   * Decrypts all full chunks and keeps what is left over, unless it is the last chunk and all of it
   * is here. A full chunk is never the last.
   */
  private void decryptChunks(Progress progress, boolean last) throws AEADBadTagException {
    if (buffered > 0) {
      int part = Math.min(progress.remaining(), Cobblestone.SEALED_CHUNK - buffered);
      engine().fill(buffered, progress.in, progress.from, part);
      buffered += part;
      progress.from += part;
      if (buffered == Cobblestone.SEALED_CHUNK) {
        open(engine().buffer(buffered), 0, buffered, progress);
        buffered = 0;
      }
    }
    while (progress.remaining() >= Cobblestone.SEALED_CHUNK) {
      open(progress.in, progress.from, Cobblestone.SEALED_CHUNK, progress);
      progress.from += Cobblestone.SEALED_CHUNK;
    }
    int rest = progress.remaining();
    if (rest > 0 && !(last && buffered == 0)) {
      engine().fill(buffered, progress.in, progress.from, rest);
      buffered += rest;
      progress.from += rest;
    }
  }

  private void decryptLast(Progress progress) throws AEADBadTagException {
    int rest = progress.remaining();
    boolean here = buffered == 0;
    int length = here ? rest : buffered;
    if (keys == null || length < Cobblestone.TAG) {
      throw NotOpened.atItsEnd("it ends before its last chunk does");
    }
    byte[] in = here ? progress.in : engine().buffer(buffered);
    try {
      keys.open(chunk, in, here ? progress.from : 0, length, progress.out, progress.to);
    } catch (AEADBadTagException e) {
      throw NotOpened.atItsEnd("the tag of chunk " + chunk + " is wrong");
    }
    progress.from += rest;
    chunk++;
    progress.to += length - Cobblestone.TAG;
  }

  private void open(byte[] in, int from, int length, Progress progress) throws AEADBadTagException {
    if (chunk >= ChunkNonce.MAX_CHUNKS) {
      throw NotOpened.because("it has more than 2^38 chunks");
    }
    try {
      keys.open(chunk, in, from, length, progress.out, progress.to);
    } catch (AEADBadTagException e) {
      throw NotOpened.because("the tag of chunk " + chunk + " is wrong");
    }
    chunk++;
    progress.to += length - Cobblestone.TAG;
  }

  @Override
  public ChunkPipeline inParallel(int threads) {
    return goOn(keys, false, chunk, threads, buffered, null);
  }

  @Override
  void erase() {
    if (keys != null) {
      keys.destroy();
    }
  }
}
