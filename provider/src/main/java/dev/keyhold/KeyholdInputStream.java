package dev.keyhold;

import dev.keyhold.jca.key.JcaErrors;
import dev.keyhold.jca.key.SecretKeyHandle;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.kit.FileInput;
import dev.keyhold.object.ChunkPipeline;
import dev.keyhold.object.ObjectTransform;
import dev.keyhold.object.TornRead;
import dev.keyhold.policy.Policy;
import java.io.FileInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.InvalidKeyException;
import java.security.Key;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import javax.crypto.AEADBadTagException;

/**
 * Decrypts one object. Each byte that it returns has been authenticated. When it returns the end of
 * the stream, the whole object has been authenticated, and was not cut short. Closing the stream
 * earlier verifies nothing further. If a rewrap in place replaces the header while it is read, the
 * header is read again, provided that the underlying stream is a {@link FileInputStream}. Memory is
 * bounded by a few chunks of 16 KiB. Not thread-safe; another thread may close it.
 */
public final class KeyholdInputStream extends FilterInputStream {
  private static final int PIECE = 64 * 1024;

  /** The number of pieces after which several threads are started. */
  private static final int MANY = 16;

  private final SecretKeyHandle handle;
  private final KeyholdParameterSpec parameters;
  private final Policy policy;

  /** Where the object begins in a file; -1 where it can't be read once more. */
  private final long start;

  private volatile ObjectTransform transform;

  /** Null where the calling thread does all the work. */
  private volatile ChunkPipeline pipeline;

  /** Whether {@link #plain} is an array of the pipeline. */
  private boolean takesOutput;

  private int pieces;
  private int rereads;
  private final byte[] sealed = new byte[PIECE];
  private byte[] plain = new byte[0];
  private int position;
  private int limit;
  private boolean ended;
  private IOException fault;
  private volatile boolean closed;

  /**
   * Opens an object that is bound to nothing but its key.
   *
   * @see #KeyholdInputStream(InputStream, Key, KeyholdParameterSpec)
   */
  public KeyholdInputStream(InputStream in, Key key) throws InvalidKeyException {
    this(in, key, KeyholdParameterSpec.NONE);
  }

  /**
   * Opens an object; its header is read, and its key asked for, by the first {@link #read}.
   *
   * @throws InvalidKeyException if the key is no {@link KeyholdKey} for encryption
   */
  public KeyholdInputStream(InputStream in, Key key, KeyholdParameterSpec parameters)
      throws InvalidKeyException {
    super(Objects.requireNonNull(in, "in"));
    this.parameters = parameters;
    handle = Keys.forEncryption(key);
    start = position(in);
    try {
      policy = handle.policy(parameters);
      transform = begin();
    } catch (BackendException e) {
      throw JcaErrors.atInit(e);
    }
  }

  private ObjectTransform begin() throws BackendException {
    ObjectTransform begun = handle.instance().envelope().open(policy, parameters.iv());
    byte[] aad = parameters.aad();
    begun.updateAad(aad, 0, aad.length);
    return begun;
  }

  private static Optional<FileChannel> file(InputStream in) {
    return in instanceof FileInputStream file
        ? Optional.of(file.getChannel())
        : in instanceof FileInput file ? Optional.of(file.channel()) : Optional.empty();
  }

  private static long position(InputStream in) {
    try {
      Optional<FileChannel> file = file(in);
      return file.isPresent() ? file.get().position() : -1;
    } catch (IOException e) {
      return -1; // a pipe
    }
  }

  /**
   * Begins once more if the header was replaced while it was read, as a rewrap in place does it.
   *
   * @param length how much was read so far
   */
  private boolean beginsAnew(int length) throws IOException {
    if (start < 0 || pieces > 1 || ++rereads >= TornRead.TRIES || !TornRead.pause()) {
      return false;
    }
    FileChannel file = file(in).orElseThrow();
    ByteBuffer again = ByteBuffer.allocate(length);
    while (again.hasRemaining()) {
      if (file.read(again, start + again.position()) < 0) {
        return false;
      }
    }
    if (!TornRead.isAnother(sealed, again.array(), length)) {
      return false;
    }
    file.position(start);
    transform.destroy();
    try {
      transform = begin();
    } catch (BackendException e) {
      throw failed(e);
    }
    requireOpen();
    pieces = 0;
    ended = false;
    return true;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  /**
   * Reads plaintext, at least one byte.
   *
   * @throws IOException if the underlying stream fails; with an {@link AEADBadTagException} as its
   *     cause if the object was altered, cut short, or is for another key or other parameters; with
   *     a {@link BackendException} if its key is denied or out of reach
   */
  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int part = Math.min(length, limit - position);
    System.arraycopy(plain, position, bytes, offset, part);
    position += part;
    VarHandle.fullFence(); // the copy was made before the check whether the array was erased
    requireOpen();
    return part;
  }

  private boolean fill() throws IOException {
    requireOpen();
    if (fault != null) {
      throw new IOException(fault.getMessage(), fault.getCause());
    }
    if (pipeline != null) {
      return fillInParallel();
    }
    int gathered = 0;
    while (position == limit && !ended) {
      int length = transform.isFaulty() ? 0 : in.readNBytes(sealed, 0, PIECE);
      pieces++;
      gathered = pieces == 1 ? length : gathered;
      ended = length < PIECE;
      int size = transform.outputSize(sealed, 0, length, ended);
      if (plain.length < size) {
        Arrays.fill(plain, (byte) 0);
        plain = new byte[size];
      }
      position = 0;
      limit = 0;
      try {
        limit = transform.process(sealed, 0, length, ended, plain, 0);
        if (limit == 0 && transform.isFaulty()) {
          beginsAnew(gathered);
        }
      } catch (AEADBadTagException e) {
        if (beginsAnew(gathered)) {
          continue;
        }
        throw failed(e);
      } catch (BackendException e) {
        throw failed(e);
      } catch (IllegalStateException e) {
        requireOpen();
        throw e;
      }
    }
    if (parameters.threads() > 1 && pieces >= MANY && !ended && !transform.isFaulty()) {
      beginParallel();
    }
    return position < limit || (pipeline != null && fillInParallel());
  }

  private void beginParallel() throws IOException {
    try {
      pipeline = transform.inParallel(parameters.threads());
    } catch (IllegalStateException e) {
      requireOpen();
      throw e;
    }
    VarHandle.fullFence();
    if (closed) { // by another thread, which may not have seen it
      pipeline.close();
    }
  }

  /** Takes what the other threads have decrypted, after it has read ahead for them. */
  private boolean fillInParallel() throws IOException {
    while (position == limit && !ended) {
      while (!pipeline.isFull() && pipeline.fill(in)) {
        requireOpen();
      }
      if (!pipeline.isPending()) {
        ended = true;
        break;
      }
      try {
        limit = pipeline.take();
      } catch (AEADBadTagException e) {
        throw failed(e);
      } catch (IllegalStateException e) {
        requireOpen();
        throw e;
      }
      position = 0;
      if (!takesOutput) {
        Arrays.fill(plain, (byte) 0);
        takesOutput = true;
      }
      plain = pipeline.output();
    }
    return position < limit;
  }

  private IOException failed(Exception e) {
    fault = new IOException(e.getMessage(), e);
    return fault;
  }

  private void requireOpen() throws IOException {
    if (closed) {
      throw new IOException("the stream is closed");
    }
  }

  @Override
  public long skip(long count) throws IOException {
    long skipped = 0;
    while (skipped < count && fill()) {
      int part = (int) Math.min(count - skipped, limit - position);
      position += part;
      skipped += part;
    }
    requireOpen();
    return skipped;
  }

  @Override
  public int available() {
    return limit - position;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  /** Closes the underlying stream and destroys the keys; verifies nothing. */
  @Override
  public void close() throws IOException {
    closed = true;
    VarHandle.fullFence();
    ChunkPipeline used = pipeline;
    if (used != null) {
      used.close();
    }
    transform.destroy();
    Arrays.fill(plain, (byte) 0);
    super.close();
  }
}
