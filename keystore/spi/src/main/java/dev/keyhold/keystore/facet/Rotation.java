package dev.keyhold.keystore.facet;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.IfAbsent;
import dev.keyhold.keystore.KeyMetadata;

/** Versions of keys. */
@IfAbsent("this backend can't rotate a key: make a new one and move the alias")
public interface Rotation extends Facet {
  /**
   * Makes a new version that is current from now on; older ones open only. Fails with UNSUPPORTED
   * for keys that can't have versions, such as MAC keys and key pairs.
   */
  KeyMetadata rotate(String key) throws BackendException;
}
