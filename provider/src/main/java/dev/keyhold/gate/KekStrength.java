package dev.keyhold.gate;

import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.policy.KeyRef;
import java.util.Set;

/**
 * Tells whether a key is as strong as the data keys that it wraps, which have 256 bits. Stateless.
 */
public final class KekStrength {
  private static final int DATA_KEY_BITS = 256;

  private KekStrength() {}

  /**
   * Returns whether what such a key wraps is no stronger than the key, and so weaker than 256 bits.
   */
  public static boolean isLess(KeySpec spec, Set<Purpose> purposes) {
    return purposes.contains(Purpose.ENCRYPT) && !spec.isKeyPair() && spec.bits() < DATA_KEY_BITS;
  }

  /** Returns what the strength of such a key means for what it protects. */
  public static String words(KeyRef ref, KeySpec spec) {
    return "%s is %s: it wraps data keys of %s bits, which so have the strength of %s bits"
        .formatted(ref, spec, DATA_KEY_BITS, spec.bits());
  }
}
