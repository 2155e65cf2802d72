package dev.keyhold.keystore;

/**
 * The mechanism by which a KEK protects a data key, and the layout of the result. The ids are part
 * of the format.
 */
public enum WrapMechanism {
  /**
   * AES-GCM (NIST SP 800-38D) in the module with a fresh random IV: {@code IV(12) || ciphertext ||
   * tag(16)}; the AAD is {@link WrapContext#toBytes()}.
   */
  AES_GCM(1),
  /**
   * The earlier form of {@link #HMAC_DERIVE}, in which the module's HMAC-SHA256 covers the seed
   * alone. Read, never written.
   */
  HMAC_DERIVE_SEED(2),
  /** A service's own ciphertext, opaque to Keyhold; the context goes as the service takes it. */
  SERVICE(4),
  /**
   * The module computes HMAC-SHA256 over a label, the context's digest and 32 fresh random bytes;
   * the result is the key of one local AES-256-GCM: {@code seed(32) || ciphertext || tag(16)}, IV
   * of 12 zero bytes, the AAD is {@link WrapContext#toBytes()}. See {@link HmacDerive}.
   */
  HMAC_DERIVE(5);

  /** AES key wrap with padding, of a draft of the format: it bound no context. */
  private static final int REMOVED_AES_KWP = 3;

  private final int id;

  WrapMechanism(int id) {
    this.id = id;
  }

  /** Returns the number that stands for this mechanism in a header: 1 to 255. */
  public int id() {
    return id;
  }

  /**
   * Returns the mechanism with this number.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static WrapMechanism ofId(int id) {
    for (WrapMechanism mechanism : values()) {
      if (mechanism.id == id) {
        return mechanism;
      }
    }
    throw new IllegalArgumentException(
        id == REMOVED_AES_KWP
            ? "wrap mechanism 3 (AES-KWP) was removed: it binds no context"
            : "unknown wrap mechanism " + id);
  }
}
