package dev.keyhold;

import dev.keyhold.jca.key.JcaErrors;
import dev.keyhold.jca.key.SecretKeyHandle;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.object.ObjectReader;
import java.io.IOException;
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
 * Random access to the plaintext of one object, read-only. A read decrypts the chunks of 16 KiB
 * that it touches and no others; what it returns has been authenticated, and so has {@link #size}.
 * Safe for use by several threads, one at a time.
 */
public final class KeyholdChannel implements SeekableByteChannel {
  private final SeekableByteChannel source;
  private final ObjectReader reader;
  private long position;
  private boolean open = true;

  private KeyholdChannel(SeekableByteChannel source, ObjectReader reader) {
    this.source = source;
    this.reader = reader;
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
      return new KeyholdChannel(source, reader);
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
      int count;
      try {
        count = reader.read(position, destination);
      } catch (AEADBadTagException e) {
        throw new IOException(e.getMessage(), e);
      }
      if (count < 0) {
        return total == 0 ? -1 : total;
      }
      position += count;
      total += count;
    }
    return total;
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
      reader.close();
      source.close();
    }
  }
}
