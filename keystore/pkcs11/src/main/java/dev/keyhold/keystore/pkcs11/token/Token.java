package dev.keyhold.keystore.pkcs11.token;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.pkcs11.pairs.PairOperations;
import java.util.List;

/**
 * One logged-in token, as the backend sees it, whichever binding to PKCS#11 is underneath. Keys are
 * named by their label. Thread-safe; every method but {@link #health} may block in native code.
 */
public interface Token extends AutoCloseable {
  /** Returns all keys that Keyhold might use, read anew, in no order. */
  List<TokenObject> objects() throws BackendException;

  /**
   * Makes a key that never leaves the token. Fails with DENIED if the label exists.
   *
   * @param algorithm {@code AES} or an HMAC
   */
  void generate(String label, String algorithm, int bits) throws BackendException;

  /**
   * Stores a key that was made elsewhere. Fails with DENIED if the label exists.
   *
   * @param material not kept; the caller zeroes it
   */
  void importKey(String label, String algorithm, byte[] material) throws BackendException;

  /** Gives a key another label. Fails with DENIED if that exists. */
  void relabel(String from, String to) throws BackendException;

  /** Encrypts by AES-GCM: returns {@code ciphertext || tag(16)} under an IV of 12 bytes. */
  byte[] encrypt(String label, byte[] iv, byte[] aad, byte[] plaintext) throws BackendException;

  /**
   * Decrypts what {@link #encrypt} returned. Fails with BAD_CIPHERTEXT only where the token
   * otherwise works: a fault of the device is UNAVAILABLE.
   */
  byte[] decrypt(String label, byte[] iv, byte[] aad, byte[] ciphertext) throws BackendException;

  /** Returns an HMAC under a key of kind HMAC. */
  byte[] hmac(String label, String algorithm, byte[] message) throws BackendException;

  /** Returns random bytes of the token. Fails with UNSUPPORTED if it has no generator. */
  byte[] random(int length) throws BackendException;

  /**
   * Returns whether the token does AES-GCM with the IV that we pass: tried once with a temporary
   * key.
   */
  boolean honoursGcmIv() throws BackendException;

  /** Returns whether the token computes this HMAC with keys of this size: tried out once. */
  boolean computesHmac(String algorithm, int bits) throws BackendException;

  /** Returns the key pairs of the token. Does no I/O. */
  PairOperations keyPairs();

  /** The state of this instance. */
  enum Health {
    /** It serves. */
    GOOD,
    /** A new instance on the same library will serve. */
    SESSIONS_LOST,
    /** The library lost the token: it may connect again by itself, or be dead for this process. */
    DEAD,
    /** All objects disappeared at once, as when a token is removed while the library is loaded. */
    VANISHED
  }

  /** Returns whether this instance can still be used. Does no I/O. */
  Health health();

  /** Logs out, unless others in this process need the login or the token is dead. */
  @Override
  void close();
}
