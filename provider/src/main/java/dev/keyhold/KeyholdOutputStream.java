package dev.keyhold;

import dev.keyhold.jca.key.JcaErrors;
import dev.keyhold.jca.key.SecretKeyHandle;
import dev.keyhold.keystore.BackendException;
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

  private final byte[] one = new byte[1];
  private final ObjectTransform transform;
  private byte[] sealed = NOTHING;
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
        process(bytes, offset + done, part, false);
      }
    } finally {
      busy.set(false);
    }
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
      if (closed || aborted) {
        throw new IOException("the stream is closed", e); // by another thread, meanwhile
      }
      throw e;
    }
  }

  /**
   * Gives the object up: nothing more is written, and what was written never decrypts as a whole.
   * {@link #close} then closes the stream below and does nothing else.
   */
  public void abort() {
    aborted = true;
    transform.destroy();
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
        process(NOTHING, 0, 0, true);
      }
      below.flush();
    } finally {
      transform.destroy();
    }
  }
}
