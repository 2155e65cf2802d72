package dev.keyhold.keystore.facet;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.IfAbsent;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;

/** Keys that were made elsewhere. */
@IfAbsent("this backend takes no key material from outside")
public interface KeyImport extends Facet {
  /**
   * Imports key material that was made elsewhere. Fails with DENIED if the name exists, with
   * UNSUPPORTED if it can't be held.
   *
   * @param material the bytes of a secret key, the PKCS#8 DER of a private one; not kept; the
   *     caller zeroes it
   */
  KeyMetadata importKey(KeyRequest request, byte[] material) throws BackendException;
}
