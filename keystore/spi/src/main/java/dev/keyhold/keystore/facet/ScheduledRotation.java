package dev.keyhold.keystore.facet;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.IfAbsent;
import dev.keyhold.keystore.KeyMetadata;
import java.time.Duration;

/** Rotation that the backend does by itself. */
@IfAbsent("this backend does not rotate keys by itself: rotate this one when it is due")
public interface ScheduledRotation extends Facet {
  /**
   * Makes the backend rotate a KEK by itself.
   *
   * @param period zero to stop that. Fails with UNSUPPORTED, and says what is possible, where the
   *     backend does not take it
   */
  KeyMetadata rotateEvery(String key, Duration period) throws BackendException;
}
