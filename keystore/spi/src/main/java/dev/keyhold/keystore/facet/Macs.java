package dev.keyhold.keystore.facet;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.IfAbsent;

/** Keys of {@link dev.keyhold.keystore.Purpose#MAC}. */
@IfAbsent("this backend computes no MACs")
public interface Macs extends Facet {
  /** Returns the length of the longest message that {@link #mac} takes, in bytes. Does no I/O. */
  default int maxMacMessage() {
    return 1 << 24;
  }

  /**
   * Computes the MAC of a message.
   *
   * @param algorithm {@code HmacSHA256}, {@code HmacSHA384} or {@code HmacSHA512}
   * @param message at most {@link #maxMacMessage()} bytes
   */
  byte[] mac(String key, String algorithm, byte[] message) throws BackendException;
}
