package dev.keyhold.object;

import dev.keyhold.keystore.LocalEngine;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

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
  private static final int AAD_ITSELF = 0;
  private static final int AAD_DIGEST = 1;

  private final byte[] iv;
  private final ByteArrayOutputStream head = new ByteArrayOutputStream();
  private MessageDigest digest;
  private long aadLength;

  /**
   * A context with this IV.
   *
   * @param iv empty where the application has none; not kept
   */
  public ObjectContext(byte[] iv) {
    this.iv = iv.clone();
  }

  /** Adds a piece of the AAD. */
  public void updateAad(byte[] aad, int offset, int length) {
    aadLength += length;
    if (digest == null && aadLength <= SHORT_AAD) {
      head.write(aad, offset, length);
      return;
    }
    if (digest == null) {
      digest = sha512();
      digest.update(head.toByteArray());
    }
    digest.update(aad, offset, length);
  }

  /** The context; ends the gathering. */
  public byte[] toBytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(DOMAIN);
    writeNumber(out, iv.length, 4);
    out.writeBytes(iv);
    out.write(digest == null ? AAD_ITSELF : AAD_DIGEST);
    writeNumber(out, aadLength, 8);
    out.writeBytes(digest == null ? head.toByteArray() : digest.digest());
    return out.toByteArray();
  }

  private static void writeNumber(ByteArrayOutputStream out, long number, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
      out.write((int) (number >>> shift));
    }
  }

  private static MessageDigest sha512() {
    try {
      return MessageDigest.getInstance("SHA-512");
    } catch (NoSuchAlgorithmException e) {
      throw LocalEngine.broken(e);
    }
  }
}
