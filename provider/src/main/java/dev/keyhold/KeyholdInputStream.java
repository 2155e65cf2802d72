package dev.keyhold;

import dev.keyhold.envelope.ObjectTransform;
import dev.keyhold.jca.Errors;
import dev.keyhold.jca.SecretKeyHandle;
import dev.keyhold.keystore.BackendException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.VarHandle;
import java.security.InvalidKeyException;
import java.security.Key;
import java.util.Arrays;
import java.util.Objects;
import javax.crypto.AEADBadTagException;

/**
 * Decrypts one object. Each byte that it returns has been authenticated; when it returns the end,
 * the object as a whole has, and was not cut short. Closing it earlier verifies nothing further.
 * Memory is bounded by a few chunks of 16 KiB. Not thread-safe; another thread may close it.
 */
public final class KeyholdInputStream extends FilterInputStream {
  private static final int PIECE = 64 * 1024;

  private final ObjectTransform transform;
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
    SecretKeyHandle handle = Keys.forEncryption(key);
    try {
      transform = handle.instance().envelope().open(handle.policy(parameters), parameters.iv());
    } catch (BackendException e) {
      throw Errors.atInit(e);
    }
    byte[] aad = parameters.aad();
    transform.updateAad(aad, 0, aad.length);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  /**
   * Reads what is decrypted, at least one byte.
   *
   * @throws IOException if the stream below fails; with an {@link AEADBadTagException} as its cause
   *     if the object was altered, cut short, or is for another key or other parameters; with a
   *     {@link BackendException} if its key is denied or out of reach
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
    VarHandle.fullFence(); // what was copied was read before it is seen whether it was erased
    requireOpen();
    return part;
  }

  private boolean fill() throws IOException {
    requireOpen();
    if (fault != null) {
      throw new IOException(fault.getMessage(), fault.getCause());
    }
    while (position == limit && !ended) {
      int length = transform.isFaulty() ? 0 : in.readNBytes(sealed, 0, PIECE);
      ended = length < PIECE;
      int size = transform.outputSize(sealed, 0, length, ended);
      if (plain.length < size) {
        plain = new byte[size];
      }
      position = 0;
      limit = 0;
      try {
        limit = transform.process(sealed, 0, length, ended, plain, 0);
      } catch (AEADBadTagException | BackendException e) {
        fault = new IOException(e.getMessage(), e);
        throw fault;
      } catch (IllegalStateException e) {
        requireOpen();
        throw e;
      }
    }
    return position < limit;
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

  /** Closes the stream below and destroys the keys; verifies nothing. */
  @Override
  public void close() throws IOException {
    closed = true;
    VarHandle.fullFence();
    transform.destroy();
    Arrays.fill(plain, (byte) 0);
    super.close();
  }
}
