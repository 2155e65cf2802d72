package dev.keyhold;

import dev.keyhold.jca.key.JcaErrors;
import dev.keyhold.jca.key.SecretKeyHandle;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.object.ChunkPipeline;
import dev.keyhold.object.ObjectTransform;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.InvalidKeyException;
import java.security.Key;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.crypto.AEADBadTagException;

/**
 * Encrypts what is written to it, as one object. Unlike {@link javax.crypto.CipherOutputStream} it
 * reports every failure. {@link #close} ends the object and closes the stream below; an object that
 * was not closed is cut short, and never decrypts as a whole. Memory is bounded by a few chunks of
 * 16 KiB. Not thread-safe; where another thread closes it during a write, the object stays cut
 * short.
 *
 * <p>Closing ends the object whatever happened before, also where a try-with-resources statement
 * closes it on the way out of an exception. Where a part must not pass for the whole, call {@link
 * #abort} first.
 */
public final class KeyholdOutputStream extends FilterOutputStream {
  private static final int PIECE = 64 * 1024;
  private static final byte[] NOTHING = new byte[0];

  /** The number of bytes after which several threads are started. */
  private static final int LARGE = 1 << 20;

  private final byte[] one = new byte[1];
  private final ObjectTransform transform;
  private final int threads;
  private byte[] sealed = NOTHING;
  private long written;

  /** Null where the calling thread does all the work. */
  private volatile ChunkPipeline pipeline;

  private volatile boolean closed;
  private volatile boolean aborted;

  /** Whether a thread writes, or ends the object. */
  private final AtomicBoolean busy = new AtomicBoolean();

  /**
   * Begins an object that is bound to nothing but its key.
   *
   * @see #KeyholdOutputStream(OutputStream, Key, KeyholdParameterSpec)
   */
  public KeyholdOutputStream(OutputStream out, Key key) throws InvalidKeyException {
    this(out, key, KeyholdParameterSpec.NONE);
  }

  /**
   * Begins an object: its data key is made and wrapped now.
   *
   * @throws InvalidKeyException if the key is no {@link KeyholdKey} for encryption, or its backend
   *     refuses it
   * @throws java.security.ProviderException if its backend is out of reach
   */
  public KeyholdOutputStream(OutputStream out, Key key, KeyholdParameterSpec parameters)
      throws InvalidKeyException {
    super(Objects.requireNonNull(out, "out"));
    SecretKeyHandle handle = Keys.forEncryption(key);
    try {
      transform = handle.instance().envelope().seal(handle.policy(parameters), parameters.iv());
    } catch (BackendException e) {
      throw JcaErrors.atInit(e);
    }
    threads = parameters.threads();
    byte[] aad = parameters.aad();
    transform.updateAad(aad, 0, aad.length);
  }

  @Override
  public void write(int b) throws IOException {
    one[0] = (byte) b;
    write(one, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (closed || aborted) {
      throw new IOException("the stream is closed");
    }
    if (!busy.compareAndSet(false, true)) {
      throw new IOException("another thread writes to this stream, or closes it");
    }
    try {
      int part;
      for (int done = 0; done < length; done += part) {
        part = Math.min(PIECE, length - done);
        if (pipeline != null) {
          part = pass(bytes, offset + done, length - done);
        } else {
          process(bytes, offset + done, part, false);
          written += part;
          if (threads > 1 && written >= LARGE) {
            beginParallel();
          }
        }
      }
    } finally {
      busy.set(false);
    }
  }

  private void beginParallel() throws IOException {
    try {
      pipeline = transform.inParallel(threads);
    } catch (IllegalStateException e) {
      requireOpen(e);
      throw e;
    }
    if (closed || aborted) { // by another thread, which may not have seen it
      pipeline.close();
    }
  }

  /** Hands a part to the other threads; returns its length. */
  private int pass(byte[] in, int offset, int length) throws IOException {
    if (pipeline.isFull()) {
      writeNext();
    }
    return pipeline.put(in, offset, length);
  }

  private void writeNext() throws IOException {
    try {
      int length = pipeline.take();
      out.write(pipeline.output(), 0, length);
    } catch (AEADBadTagException e) {
      throw new IOException(e); // not thrown by encryption
    } catch (IllegalStateException e) {
      requireOpen(e);
      throw e;
    }
  }

  /** Says so where another thread closed the stream meanwhile. */
  private void requireOpen(IllegalStateException cause) throws IOException {
    if (closed || aborted) {
      throw new IOException("the stream is closed", cause);
    }
  }

  private void end() throws IOException {
    if (pipeline == null) {
      process(NOTHING, 0, 0, true);
      return;
    }
    if (pipeline.isFull()) {
      writeNext();
    }
    pipeline.end();
    while (pipeline.isPending()) {
      writeNext();
    }
  }

  /** Destroys the keys, once nobody uses them. */
  private void destroy() {
    ChunkPipeline used = pipeline;
    if (used != null) {
      used.close();
    }
    transform.destroy();
  }

  private void process(byte[] in, int offset, int length, boolean last) throws IOException {
    int size = transform.outputSize(in, offset, length, last);
    if (sealed.length < size) {
      sealed = new byte[size];
    }
    try {
      out.write(sealed, 0, transform.process(in, offset, length, last, sealed, 0));
    } catch (AEADBadTagException | BackendException e) {
      throw new IOException(e); // neither is thrown by encryption
    } catch (IllegalStateException e) {
      requireOpen(e);
      throw e;
    }
  }

  /**
   * Gives the object up: nothing more is written, and what was written never decrypts as a whole.
   * {@link #close} then closes the stream below and does nothing else.
   */
  public void abort() {
    aborted = true;
    destroy();
  }

  /**
   * Ends the object, then closes the stream below. A second call does nothing.
   *
   * @throws IOException if the stream below fails; or if another thread was writing: then the
   *     object stays cut short, and the stream below is closed
   */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    boolean alone = busy.compareAndSet(false, true);
    try (OutputStream below = out) {
      if (!alone && !aborted) {
        abort();
        throw new IOException("closed while another thread was writing: the object is cut short");
      }
      if (!aborted) {
        end();
      }
      below.flush();
    } finally {
      destroy();
    }
  }
}
