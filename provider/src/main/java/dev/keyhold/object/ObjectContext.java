package dev.keyhold.object;

import dev.keyhold.keystore.encoding.Digests;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Gathers what the application binds an object to, and makes the context of its key derivation of
 * it: {@code "keyhold/1/object" || u32 length of IV || IV || kind || u64 length of AAD || AAD},
 * where a long AAD stands by its SHA-512. AAD may come in any number of pieces and is not kept
 * beyond its first bytes. Used by one thread.
 */
public final class ObjectContext {
  /** The longest AAD that goes into the context as it is, in bytes. */
  static final int SHORT_AAD = 128;

  private static final byte[] DOMAIN = Kdf.ascii("keyhold/1/object");
  private static final byte[] NOTHING = new byte[0];
  private static final int AAD_ITSELF = 0;
  private static final int AAD_DIGEST = 1;

  private final byte[] iv;

  /** The first bytes of the AAD, as long as it is short. */
  private byte[] head = NOTHING;

  private MessageDigest digest;
  private long aadLength;

  /**
   * Creates a context with this IV.
   *
   * @param iv empty where the application has none; not kept
   */
  public ObjectContext(byte[] iv) {
    this.iv = iv.length == 0 ? NOTHING : iv.clone();
  }

  /** Adds a piece of the AAD. */
  public void updateAad(byte[] aad, int offset, int length) {
    if (length == 0) {
      return;
    }
    int before = (int) Math.min(aadLength, SHORT_AAD);
    aadLength += length;
    if (digest == null && aadLength <= SHORT_AAD) {
      head = Arrays.copyOf(head, before + length);
      System.arraycopy(aad, offset, head, before, length);
      return;
    }
    if (digest == null) {
      digest = Digests.local("SHA-512");
      digest.update(head);
    }
    digest.update(aad, offset, length);
  }

  /** Returns the context; ends the gathering. */
  public byte[] toBytes() {
    return toBytes(0);
  }

  /**
   * Returns the context, after a number of zero bytes; no more AAD can follow.
   *
   * @param room for what the caller puts before it
   */
  byte[] toBytes(int room) {
    byte[] bound = digest == null ? head : digest.digest();
    int length = DOMAIN.length + Integer.BYTES + iv.length + 1 + Long.BYTES + bound.length;
    byte[] out = new byte[room + length];
    ByteBuffer.wrap(out, room, length)
        .put(DOMAIN)
        .putInt(iv.length)
        .put(iv)
        .put((byte) (digest == null ? AAD_ITSELF : AAD_DIGEST))
        .putLong(aadLength)
        .put(bound);
    return out;
  }
}
