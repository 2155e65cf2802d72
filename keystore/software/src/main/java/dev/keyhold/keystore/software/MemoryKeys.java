package dev.keyhold.keystore.software;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.software.file.MemoryRing;
import dev.keyhold.keystore.software.file.Tuning;
import java.time.Clock;

/**
 * Creates a software backend whose keys are in memory only and are gone when it is closed. The test
 * kit uses it; no configuration does.
 */
public final class MemoryKeys {
  private MemoryKeys() {}

  /**
   * Returns an empty place for keys; does no I/O.
   *
   * @param clock tells when a key was made, and whether the time has come to destroy one
   */
  public static Backend create(Clock clock) {
    Tuning defaults = Tuning.DEFAULT;
    Tuning tuning = new Tuning(defaults.derivation(), defaults.nanoTime(), clock);
    return new SoftwareBackend(new MemoryRing(clock), tuning, false);
  }
}
