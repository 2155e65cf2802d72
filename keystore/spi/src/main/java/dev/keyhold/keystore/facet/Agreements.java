package dev.keyhold.keystore.facet;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.IfAbsent;

/** Key pairs of {@link dev.keyhold.keystore.Purpose#AGREE}. */
@IfAbsent("this backend does not agree on keys")
public interface Agreements extends Facet {
  /**
   * Agrees on a secret: ECDH (NIST SP 800-56A, section 5.7.1.2) or X25519 (RFC 7748).
   *
   * @param peer the other's public key, X.509 SubjectPublicKeyInfo, DER. Fails with BAD_CIPHERTEXT
   *     if it is none, or not on the key's curve
   * @return the raw secret, a fresh array; the caller zeroes it
   */
  byte[] agree(String key, byte[] peer) throws BackendException;
}
