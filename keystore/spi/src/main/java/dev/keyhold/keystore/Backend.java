package dev.keyhold.keystore;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A place where keys live: a token, a KMS, a key file.
 *
 * <p>A {@code key} argument is the key's {@linkplain KeyMetadata#name() name}, or what {@link
 * #nameOf} made of its URI. Every method may do I/O unless it says otherwise, and is called from
 * many threads at once; a call that is interrupted ends early with {@link
 * BackendException.Reason#UNAVAILABLE} where it can. Deadlines, retries and audit are the caller's:
 * a method tries once. A message names neither the backend nor the operation; the caller adds both.
 */
public interface Backend extends AutoCloseable {
  /**
   * Whether a call may block on a device or a network. If so, the caller runs it on a thread of its
   * own, under a deadline. Does no I/O.
   */
  boolean isRemote();

  /**
   * What this backend may hold, as far as it is known without asking it. Does no I/O.
   *
   * @return the purposes that a key of this kind can have; empty if it can hold no such key
   */
  Set<Purpose> purposesOf(KeySpec spec);

  /**
   * Supplies the password or PIN where the configuration has none. Does no I/O; a wrong one shows
   * at the next call.
   *
   * @param secret copied; the caller zeroes its own
   */
  default void unlock(char[] secret) {}

  /**
   * What to call the key with this URI here.
   *
   * @return empty if the URI belongs to another kind of backend or another place. Does no I/O: the
   *     key need not exist.
   */
  Optional<String> nameOf(KeyUri uri);

  /** All keys, in the order of their names; every page of them. */
  List<KeyMetadata> list() throws BackendException;

  /** One key, with all its versions, freshly read. Fails with NOT_FOUND if there is none. */
  KeyMetadata describe(String key) throws BackendException;

  /**
   * The identity that headers name the key by. Called for each object: answers from memory where it
   * can.
   */
  String identity(String key) throws BackendException;

  /** Makes a key. Fails with DENIED if the name exists, with UNSUPPORTED if it can't be held. */
  KeyMetadata create(KeyRequest request) throws BackendException;

  /**
   * Brings in key material that was made elsewhere.
   *
   * @param material not kept; the caller zeroes it
   */
  default KeyMetadata importKey(KeyRequest request, byte[] material) throws BackendException {
    throw new BackendException(
        BackendException.Reason.UNSUPPORTED, "this backend takes no key material from outside");
  }

  /**
   * Makes a new version that is current from now on; older ones open only. Fails with UNSUPPORTED
   * for keys that can't have versions, such as MAC keys.
   */
  KeyMetadata rotate(String key) throws BackendException;

  /** Gives a key another name. Fails with DENIED if the new name exists. */
  KeyMetadata rename(String key, String newName) throws BackendException;

  /**
   * Takes the name off a key; the key stays, with all its versions.
   *
   * @return how it can be reached from now on
   */
  KeyUri unname(String key) throws BackendException;

  /**
   * Wraps a data key under the current version of a KEK, bound to a context.
   *
   * @param dataKey 1 to 64 bytes; not kept, not changed
   */
  WrappedKey wrap(String key, WrapContext context, byte[] dataKey) throws BackendException;

  /**
   * Unwraps what {@link #wrap} made. Fails with BAD_CIPHERTEXT if anything of it, or the context,
   * was changed; with NOT_FOUND if the version is gone.
   *
   * @return a fresh array; the caller zeroes it
   */
  byte[] unwrap(String key, WrappedKey wrapped, WrapContext context) throws BackendException;

  /** The longest message that {@link #mac} takes, in bytes. Does no I/O. */
  default int maxMacMessage() {
    return 1 << 24;
  }

  /**
   * The MAC of a message.
   *
   * @param algorithm {@code HmacSHA256}, {@code HmacSHA384} or {@code HmacSHA512}
   * @param message at most {@link #maxMacMessage()} bytes
   */
  byte[] mac(String key, String algorithm, byte[] message) throws BackendException;

  /** Random bytes from the backend's own generator. */
  byte[] random(int length) throws BackendException;

  /** Ends sessions, zeroes secrets. Calls in flight may fail; later ones fail with UNAVAILABLE. */
  @Override
  void close();
}
