package dev.keyhold;

import dev.keyhold.jca.key.JcaErrors;
import dev.keyhold.jca.key.SecretKeyHandle;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.object.ObjectReader;
import dev.keyhold.object.ReadAhead;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.security.Key;
import java.util.Objects;
import javax.crypto.AEADBadTagException;

/**
 * A read-only channel with random access to the plaintext of one object. A read decrypts only the
 * chunks of 16 KiB that it needs. What it returns has been authenticated, and so has {@link #size}.
 * Thread-safe; operations run one at a time.
 *
 * <p>With {@link KeyholdParameterSpec#withThreads}, reads of 256 KiB or more are decrypted on
 * several threads, and while such reads are sequential, the next chunks are decrypted in advance.
 * This takes up to 1 MiB of memory plus 0.5 MiB for each thread.
 */
public final class KeyholdChannel implements SeekableByteChannel {
  /** The least read that other threads take part in, in bytes. */
  private static final int LARGE = 1 << 18;

  private final SeekableByteChannel source;
  private final ObjectReader reader;
  private final int threads;

  /** Serves large sequential reads; null while there are none. */
  private ReadAhead ahead;

  private long position;
  private boolean open = true;

  private KeyholdChannel(SeekableByteChannel source, ObjectReader reader, int threads) {
    this.source = source;
    this.reader = reader;
    this.threads = threads;
  }

  /** Opens the object that a file is. */
  public static KeyholdChannel open(Path file, Key key, KeyholdParameterSpec parameters)
      throws IOException, InvalidKeyException {
    SeekableByteChannel source = Files.newByteChannel(file);
    boolean opened = false;
    try {
      KeyholdChannel channel = open(source, key, parameters);
      opened = true;
      return channel;
    } finally {
      if (!opened) {
        source.close();
      }
    }
  }

  /**
   * Opens the object that a channel holds from its first byte to its last.
   *
   * @param source read and positioned by this channel, and closed with it
   * @throws InvalidKeyException if the key is no {@link KeyholdKey} for encryption, or its backend
   *     refuses it
   * @throws IOException as {@link KeyholdInputStream#read(byte[], int, int)}
   */
  public static KeyholdChannel open(
      SeekableByteChannel source, Key key, KeyholdParameterSpec parameters)
      throws IOException, InvalidKeyException {
    SecretKeyHandle handle = Keys.forEncryption(key);
    try {
      ObjectReader reader =
          handle
              .instance()
              .envelope()
              .reader(handle.policy(parameters), parameters.iv(), parameters.aad(), source);
      return new KeyholdChannel(source, reader, parameters.threads());
    } catch (AEADBadTagException e) {
      throw new IOException(e.getMessage(), e);
    } catch (BackendException e) {
      throw JcaErrors.atInit(e);
    }
  }

  @Override
  public synchronized int read(ByteBuffer destination) throws IOException {
    requireOpen();
    int total = 0;
    while (destination.hasRemaining()) {
      int count = isLargeRead(destination) ? readAhead(destination) : readHere(destination);
      if (count < 0) {
        return total == 0 ? -1 : total;
      }
      position += count;
      total += count;
    }
    return total;
  }

  private boolean isLargeRead(ByteBuffer destination) {
    return threads > 1
        && position < reader.size()
        && (destination.remaining() >= LARGE || (ahead != null && ahead.position() == position));
  }

  private int readHere(ByteBuffer destination) throws IOException {
    try {
      return reader.read(position, destination);
    } catch (AEADBadTagException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private int readAhead(ByteBuffer destination) throws IOException {
    if (ahead == null || ahead.position() != position) {
      stopReadingAhead();
      ahead = reader.from(position, threads);
    }
    try {
      return ahead.read(destination);
    } catch (AEADBadTagException e) {
      stopReadingAhead();
      return readHere(destination); // up to the chunk that does not open
    } catch (InterruptedIOException e) {
      throw e; // a later call can wait for the operations in progress
    } catch (IOException e) {
      stopReadingAhead();
      throw e;
    }
  }

  private void stopReadingAhead() {
    if (ahead != null) {
      ahead.close();
      ahead = null;
    }
  }

  @Override
  public synchronized long position() throws IOException {
    requireOpen();
    return position;
  }

  @Override
  public synchronized KeyholdChannel position(long newPosition) throws IOException {
    requireOpen();
    if (newPosition < 0) {
      throw new IllegalArgumentException("a negative position: " + newPosition);
    }
    position = newPosition;
    return this;
  }

  /** Returns the length of the plaintext in bytes. */
  @Override
  public synchronized long size() throws IOException {
    requireOpen();
    return reader.size();
  }

  private void requireOpen() throws ClosedChannelException {
    if (!open) {
      throw new ClosedChannelException();
    }
  }

  @Override
  public int write(ByteBuffer bytes) {
    Objects.requireNonNull(bytes, "bytes");
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long size) {
    throw new NonWritableChannelException();
  }

  @Override
  public synchronized boolean isOpen() {
    return open;
  }

  @Override
  public synchronized void close() throws IOException {
    if (open) {
      open = false;
      stopReadingAhead();
      reader.close();
      source.close();
    }
  }
}
