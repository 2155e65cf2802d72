package dev.keyhold.conformance.wycheproof;

import java.security.KeyPair;
import java.security.PrivateKey;

/** Where the private key of a vector comes from. */
@FunctionalInterface
interface PairKeys {
  /** The key as it is, wherever Keyhold's SPI was named. */
  PairKeys RAW = (pair, usage) -> pair.getPrivate();

  /**
   * The private key to work with; may be a handle.
   *
   * @param usage what for: a {@link Certified} constant
   */
  PrivateKey key(KeyPair raw, int usage) throws Exception;
}
