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
   * Schedules the destruction of a key, with all its versions, after some time. Until then the key
   * can't be used, and {@link #cancelDestruction} saves it. Fails with UNSUPPORTED, and says what
   * is possible, if the backend does not accept this time.
   */
  KeyMetadata scheduleDestruction(String key, Duration wait) throws BackendException;

  /** Saves a key whose destruction is scheduled. It is suspended then: see {@link Suspension}. */
  KeyMetadata cancelDestruction(String key) throws BackendException;
}
