package dev.keyhold.object;

import dev.keyhold.keystore.ErasableKey;
import dev.keyhold.keystore.LocalEngine;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;

/**
 * The keys of one message in Cobblestone-256 (C2SP chunked-encryption): HKDF-Expand-SHA512,
 * AES-256-GCM, chunks of 16 KiB. Seals and opens single chunks; the order of chunks is the
 * caller's. Used by one operation at a time.
 */
public final class Cobblestone {
  public static final int INPUT_KEY = 32;
  public static final int SALT = 24;
  static final int COMMITMENT = 32;
  public static final int PREFIX = SALT + COMMITMENT;
  public static final int TAG = 16;
  static final int CHUNK = 16 * 1024;
  static final int SEALED_CHUNK = CHUNK + TAG;

  /** The number of bytes that are derived for a message: key, base nonce, commitment. */
  static final int DERIVED = 32 + ChunkNonce.LENGTH + COMMITMENT;

  private static final int KEY = 32;
  private static final byte[] INFO = Kdf.ascii("c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0");

  private final Cipher gcm;
  private final ErasableKey key;
  private final ChunkNonce nonce;
  private final byte[] commitment;

  private Cobblestone(Cipher gcm, ErasableKey key, ChunkNonce nonce, byte[] commitment) {
    this.gcm = gcm;
    this.key = key;
    this.nonce = nonce;
    this.commitment = commitment;
  }

  /**
   * Derives the keys of a message that is to be made.
   *
   * @param inputKey is used up
   */
  static Cobblestone derive(Engine engine, HkdfKey inputKey, byte[] salt, ObjectContext context) {
    byte[] info = info(context);
    System.arraycopy(salt, 0, info, INFO.length, SALT);
    return derive(engine, inputKey, info);
  }

  /**
   * Derives the keys of an existing message.
   *
   * @param inputKey is used up
   * @throws AEADBadTagException if the message was made with other keys, or bound to another
   *     context
   */
  public static Cobblestone open(
      Engine engine, HkdfKey inputKey, Prefix prefix, ObjectContext context)
      throws AEADBadTagException {
    byte[] info = info(context);
    prefix.putSalt(info, INFO.length);
    Cobblestone keys = derive(engine, inputKey, info);
    if (!prefix.commits(keys.commitment)) {
      keys.destroy();
      throw NotOpened.because("the commitment is wrong: another IV or AAD, or an altered object");
    }
    return keys;
  }

  /** Returns the info of the derivation, with room for the salt. */
  private static byte[] info(ObjectContext context) {
    byte[] info = context.toBytes(INFO.length + SALT);
    System.arraycopy(INFO, 0, info, 0, INFO.length);
    return info;
  }

  /**
   * Derives the keys of a message.
   *
   * @param inputKey is used up
   * @param info the label of this suite, salt and context
   */
  static Cobblestone derive(Engine engine, HkdfKey inputKey, byte[] info) {
    byte[] derived = engine.derived;
    try {
      inputKey.expand(info, derived);
      int commitmentAt = KEY + ChunkNonce.LENGTH;
      return new Cobblestone(
          engine.gcm,
          new ErasableKey("AES", Arrays.copyOf(derived, KEY)),
          new ChunkNonce(Arrays.copyOfRange(derived, KEY, commitmentAt)),
          Arrays.copyOfRange(derived, commitmentAt, derived.length));
    } finally {
      Arrays.fill(derived, (byte) 0);
    }
  }

  /**
   * Returns the length of the plaintext in chunks of this total length, calculated from their
   * number.
   *
   * @return -1 if chunks can't have this length
   */
  public static long plaintextLength(long sealed) {
    long rest = sealed % SEALED_CHUNK;
    return rest < TAG ? -1 : sealed / SEALED_CHUNK * CHUNK + rest - TAG;
  }

  /** Writes the commitment. */
  void putCommitment(byte[] out, int at) {
    System.arraycopy(commitment, 0, out, at, COMMITMENT);
  }

  /** Encrypts a chunk of {@code length} bytes; writes {@code length + TAG} bytes. */
  void seal(long chunk, byte[] in, int inAt, int length, byte[] out, int outAt) {
    try {
      gcm.init(Cipher.ENCRYPT_MODE, key, nonce.at(chunk));
      gcm.doFinal(in, inAt, length, out, outAt);
    } catch (GeneralSecurityException e) {
      throw LocalEngine.broken(e);
    }
  }

  /**
   * Decrypts a chunk of {@code length} bytes, tag included; writes {@code length - TAG} bytes, or
   * throws and leaves zeros there.
   */
  public void open(long chunk, byte[] in, int inAt, int length, byte[] out, int outAt)
      throws AEADBadTagException {
    boolean opened = false;
    try {
      gcm.init(Cipher.DECRYPT_MODE, key, nonce.at(chunk));
      gcm.doFinal(in, inAt, length, out, outAt);
      opened = true;
    } catch (AEADBadTagException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw LocalEngine.broken(e);
    } finally {
      if (!opened) {
        Arrays.fill(out, outAt, outAt + length - TAG, (byte) 0);
      }
    }
  }

  /**
   * Returns these keys for use with another engine on another thread, until they are destroyed
   * here.
   */
  Cobblestone with(Engine engine) {
    return new Cobblestone(engine.gcm, key, nonce.copy(), commitment);
  }

  /** Zeroes the message's key. */
  public void destroy() {
    key.destroy();
  }
}
