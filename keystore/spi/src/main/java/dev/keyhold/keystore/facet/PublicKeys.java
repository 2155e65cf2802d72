package dev.keyhold.keystore.facet;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.IfAbsent;

/** The public keys of key pairs, whatever their purpose. */
@IfAbsent("this backend has no key pairs")
public interface PublicKeys extends Facet {
  /**
   * Returns the public half of a key pair.
   *
   * @return its X.509 SubjectPublicKeyInfo (RFC 5280, section 4.1), DER
   */
  byte[] publicKey(String key) throws BackendException;
}
