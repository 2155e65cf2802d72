package dev.keyhold.keystore.facet;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.IfAbsent;
import dev.keyhold.keystore.KeyMetadata;
import java.time.Duration;

/** Destruction of keys after some time. */
@IfAbsent("this backend can't destroy a key")
public interface Destruction extends Facet {
  /**
   * Has a key destroyed, with all its versions, once some time has passed. Until then it is of no
   * use, and {@link #cancelDestruction} saves it. Fails with UNSUPPORTED, and says what is
   * possible, where the backend does not take this time.
   */
  KeyMetadata scheduleDestruction(String key, Duration wait) throws BackendException;

  /** Saves a key whose destruction is scheduled. It is suspended then: see {@link Suspension}. */
  KeyMetadata cancelDestruction(String key) throws BackendException;
}
