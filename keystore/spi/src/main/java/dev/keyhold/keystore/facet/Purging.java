package dev.keyhold.keystore.facet;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.IfAbsent;

/** Destruction that waits for a command once its time has come. */
@IfAbsent("this backend destroys keys by itself, once their time has come")
public interface Purging extends Facet {
  /**
   * Destroys a key whose scheduled time has come, for good. Fails with DENIED before that time, and
   * if this host's clock can't be trusted.
   *
   * @param clockIsRight whether the caller has checked that the clock is right
   */
  void purge(String key, boolean clockIsRight) throws BackendException;
}
