package dev.keyhold.keystore.facet;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.IfAbsent;

/** The backend's own generator of random bytes. */
@IfAbsent("this backend gives no random bytes")
public interface RandomSource extends Facet {
  /** Returns random bytes. */
  byte[] random(int length) throws BackendException;
}
