package dev.keyhold.object;

import dev.keyhold.keystore.LocalEngine;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.util.Arrays;

/**
 * An input key of HKDF-Expand with SHA-512 (RFC 5869, section 2.3), for one derivation. HMAC is RFC
 * 2104 around the JDK's own SHA-512: the key is held as two digests that have absorbed it with the
 * pads, which can be copied at less cost than a key is absorbed again. Used by one thread at a
 * time, but {@link #copy} may be called by many threads while nothing else is.
 */
public final class HkdfKey {
  private static final int HASH = 64;
  private static final int BLOCK = 128;
  private static final int MAX_LENGTH = 255 * HASH;
  private static final MessageDigest EMPTY = copyable();

  private final MessageDigest inner;
  private final MessageDigest outer;

  /** Whether the digests lost their key: they would continue without one. */
  private boolean used;

  private HkdfKey(MessageDigest inner, MessageDigest outer) {
    this.inner = inner;
    this.outer = outer;
  }

  /**
   * Creates the key from its bytes.
   *
   * @param key uniformly random; neither changed nor kept
   */
  public static HkdfKey of(byte[] key) {
    byte[] block = new byte[BLOCK];
    byte[] hashed = key.length > BLOCK ? copy(EMPTY).digest(key) : key;
    MessageDigest inner = absorbed(hashed, 0x36, block);
    MessageDigest outer = absorbed(hashed, 0x5c, block);
    Arrays.fill(block, (byte) 0);
    return new HkdfKey(inner, outer);
  }

  private static MessageDigest absorbed(byte[] key, int pad, byte[] block) {
    Arrays.fill(block, (byte) pad);
    for (int i = 0; i < key.length; i++) {
      block[i] ^= key[i];
    }
    MessageDigest digest = copy(EMPTY);
    digest.update(block);
    return digest;
  }

  /** Returns the same key once more. */
  public HkdfKey copy() {
    return new HkdfKey(copy(inner), copy(outer));
  }

  /** Derives bytes: the key is used up, and what is left of it zeroed. The caller zeroes them. */
  public byte[] expand(byte[] info, int length) {
    byte[] out = new byte[length];
    expand(info, out);
    return out;
  }

  /**
   * Derives bytes: the key is used up, and what is left of it zeroed.
   *
   * @param out is filled; at most 255 * 64 bytes
   */
  void expand(byte[] info, byte[] out) {
    if (out.length > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "HKDF with SHA-512 derives at most " + MAX_LENGTH + " bytes, not " + out.length);
    }
    use();
    byte[] hash = new byte[HASH];
    int done = 0;
    for (int counter = 1; done < out.length; counter++) {
      int part = Math.min(HASH, out.length - done);
      boolean last = done + part == out.length;
      MessageDigest in = last ? inner : copy(inner);
      if (done > 0) {
        in.update(hash);
      }
      in.update(info);
      in.update((byte) counter);
      digest(in, hash);
      MessageDigest around = last ? outer : copy(outer);
      around.update(hash);
      digest(around, hash);
      System.arraycopy(hash, 0, out, done, part);
      done += part;
    }
    Arrays.fill(hash, (byte) 0);
    destroy();
  }

  /** HMAC-SHA512 of a message; the key is used up. */
  byte[] hmac(byte[] message) {
    use();
    byte[] hash = new byte[HASH];
    inner.update(message);
    digest(inner, hash);
    outer.update(hash);
    digest(outer, hash);
    return hash;
  }

  private void use() {
    if (used) {
      throw new IllegalStateException("the key is used up");
    }
    used = true;
  }

  /** Zeroes the key. */
  public void destroy() {
    used = true;
    inner.reset();
    outer.reset();
  }

  /** Ends a digest, and overwrites its state, which is the hash until then. */
  private static void digest(MessageDigest digest, byte[] hash) {
    try {
      digest.digest(hash, 0, HASH);
      digest.reset();
    } catch (DigestException e) {
      throw new ProviderException("SHA-512 has 64 bytes", e);
    }
  }

  private static MessageDigest copy(MessageDigest digest) {
    try {
      return (MessageDigest) digest.clone();
    } catch (CloneNotSupportedException e) {
      throw new ProviderException("it was copied before", e);
    }
  }

  /** The JDK's own where it is there, else the first whose state can be copied. */
  private static MessageDigest copyable() {
    Provider[] all = Security.getProviders("MessageDigest.SHA-512");
    Provider own = Security.getProvider("SUN");
    for (int i = -1; all != null && i < all.length; i++) {
      Provider provider = i < 0 ? own : all[i];
      if (provider == null) {
        continue;
      }
      try {
        MessageDigest digest = MessageDigest.getInstance("SHA-512", provider);
        return (MessageDigest) digest.clone();
      } catch (NoSuchAlgorithmException | CloneNotSupportedException e) {
        // the next one may
      }
    }
    throw new ProviderException(LocalEngine.lacks("SHA-512"));
  }
}
