package dev.keyhold.keystore;

/**
 * The state of a key or of one of its versions (NIST SP 800-57 Part 1 rev. 5, section 7).
 *
 * <p>A backend maps its own states onto these; where two would fit, it takes the stricter.
 */
public enum KeyState {
  /** The key was created, and must not be used yet. */
  PRE_ACTIVE,
  /** Protects and opens. */
  ACTIVE,
  /** Out of use for now; may return. Neither protects nor opens. */
  SUSPENDED,
  /** Opens what it protected; protects nothing more. */
  DEACTIVATED,
  /** The key is known or suspected to be known to others. Opens only by an explicit decision. */
  COMPROMISED,
  /** Its material is gone, or its destruction is scheduled. Does nothing. */
  DESTROYED;

  /** Returns whether a key in this state may protect new data. */
  public boolean protects() {
    return this == ACTIVE;
  }

  /** Returns whether a key in this state may open what it protected earlier. */
  public boolean opens() {
    return this == ACTIVE || this == DEACTIVATED;
  }
}
