package dev.keyhold.keystore;

import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Supplier;
import javax.crypto.SecretKey;

/**
 * The bytes of one secret key, which can be zeroed while other threads use them: a reader gets the
 * whole key or an error, never a key that is zero in part.
 *
 * <p>Thread-safe; reading takes no lock. It is a {@link SecretKey} of its own because {@code
 * SecretKeySpec} keeps a copy that nobody can zero.
 */
public final class ErasableKey implements SecretKey {
  private static final long serialVersionUID = 1L;

  private final String algorithm;

  @SuppressWarnings("serial") // never serialized, see writeObject
  private final transient byte[] bytes;

  private final transient StampedLock lock = new StampedLock();
  private transient volatile boolean destroyed;

  /**
   * Creates a key of these bytes.
   *
   * @param bytes handed over, zeroed by {@link #destroy}
   */
  public ErasableKey(String algorithm, byte[] bytes) {
    this.algorithm = algorithm;
    this.bytes = bytes;
  }

  /** Returns the length of the key, in bytes. */
  public int length() {
    return bytes.length;
  }

  /**
   * Returns whether both hold the same key, in constant time. Neither may be destroyed meanwhile.
   */
  public boolean sameAs(ErasableKey other) {
    return MessageDigest.isEqual(bytes, other.bytes);
  }

  @Override
  public String getAlgorithm() {
    return algorithm;
  }

  @Override
  public String getFormat() {
    return "RAW";
  }

  /**
   * Returns a copy, which the JDK's engines zero after use.
   *
   * @throws IllegalStateException if the key was destroyed
   */
  @Override
  public byte[] getEncoded() {
    long stamp = lock.tryOptimisticRead();
    byte[] copy = bytes.clone();
    boolean whole = stamp != 0 && !destroyed;
    if (whole && lock.validate(stamp)) {
      return copy;
    }
    Arrays.fill(copy, (byte) 0);
    throw new IllegalStateException("the key was destroyed");
  }

  @Override
  public void destroy() {
    long stamp = lock.writeLock();
    try {
      destroyed = true;
      Arrays.fill(bytes, (byte) 0);
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  @Override
  public boolean isDestroyed() {
    return destroyed;
  }

  /**
   * Copies an array that was made from the key and is zeroed after it, so that the copy is whole
   * too.
   *
   * @throws IllegalStateException if the key was destroyed, or was while it was copied
   */
  public <T> T whole(Supplier<T> copying) {
    long stamp = lock.tryOptimisticRead();
    T copy = copying.get();
    if (stamp == 0 || destroyed || !lock.validate(stamp)) {
      throw new IllegalStateException("the key was destroyed");
    }
    return copy;
  }

  private void writeObject(ObjectOutputStream out) throws NotSerializableException {
    throw new NotSerializableException("key material is not serialized");
  }

  @Override
  public String toString() {
    return algorithm + " key of " + 8 * bytes.length + " bits";
  }
}
