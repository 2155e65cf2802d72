package dev.keyhold.keystore.facet;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.IfAbsent;

/** Key pairs of {@link dev.keyhold.keystore.Purpose#DECAPSULATE}. */
@IfAbsent("this backend has no KEM: the software backend has")
public interface Kems extends Facet {
  /**
   * Opens what a KEM encapsulated to a public key: ML-KEM (FIPS 203). An encapsulation of the right
   * length always gives a secret; if it was changed, the secret is another one.
   *
   * @param encapsulation fails with BAD_CIPHERTEXT if its length is wrong
   * @return the shared secret, 32 bytes, a fresh array; the caller zeroes it
   */
  byte[] decapsulate(String key, byte[] encapsulation) throws BackendException;
}
