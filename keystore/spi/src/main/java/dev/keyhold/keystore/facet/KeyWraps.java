package dev.keyhold.keystore.facet;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.IfAbsent;
import dev.keyhold.keystore.KeyWrap;

/**
 * Keys of {@link dev.keyhold.keystore.Purpose#KEY_WRAP}, which wrap the keys of others (RFC 3394,
 * RFC 5649).
 */
@IfAbsent("this backend has no AES key wrap: the software backend has")
public interface KeyWraps extends Facet {
  /**
   * Wraps another party's key.
   *
   * @param plain of a length that the way {@linkplain KeyWrap#wraps wraps}; with UNSUPPORTED for
   *     others; not kept, not changed
   */
  byte[] wrapKey(String key, KeyWrap way, byte[] plain) throws BackendException;

  /**
   * Unwraps a key that {@link #wrapKey}, or anybody else who has the wrapping key, wrapped. Fails
   * with BAD_CIPHERTEXT if it was changed, or wrapped by another key or in another way.
   *
   * @return a fresh array; the caller zeroes it
   */
  byte[] unwrapKey(String key, KeyWrap way, byte[] wrapped) throws BackendException;
}
