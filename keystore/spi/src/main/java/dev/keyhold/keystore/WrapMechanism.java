package dev.keyhold.keystore;

/** How a KEK protects a data key, and the layout of the result. The ids are part of the format. */
public enum WrapMechanism {
  /**
   * AES-GCM (NIST SP 800-38D) in the module with a fresh random IV: {@code IV(12) || ciphertext ||
   * tag(16)}; the AAD is {@link WrapContext#toBytes()}.
   */
  AES_GCM(1),
  /**
   * The form of {@link #HMAC_DERIVE} before 0.1: the module's input is the seed alone. Opens what
   * it wrapped; nothing is wrapped by it any more.
   */
  HMAC_DERIVE_SEED(2),
  /**
   * The module computes HMAC-SHA256 over a label, the context and 32 fresh random bytes; the result
   * is the key of one local AES-256-GCM: {@code seed(32) || ciphertext || tag(16)}, IV of 12 zero
   * bytes, the AAD is {@link WrapContext#toBytes()}. See {@link HmacDerive}.
   */
  HMAC_DERIVE(5),
  /** A service's own ciphertext, opaque to Keyhold; the context goes as the service takes it. */
  SERVICE(4);

  /** An id that was given up: AES key wrap with padding, which binds no context. */
  private static final int AES_KWP = 3;

  private final int id;

  WrapMechanism(int id) {
    this.id = id;
  }

  /** The number that stands for this mechanism in a header: 1 to 255. */
  public int id() {
    return id;
  }

  /** The mechanism by which a key wraps today that wrapped by this one. */
  public WrapMechanism current() {
    return this == HMAC_DERIVE_SEED ? HMAC_DERIVE : this;
  }

  /**
   * The mechanism with this number.
   *
   * @throws IllegalArgumentException if there is none, or none any more
   */
  public static WrapMechanism ofId(int id) {
    for (WrapMechanism mechanism : values()) {
      if (mechanism.id == id) {
        return mechanism;
      }
    }
    throw new IllegalArgumentException(
        id == AES_KWP
            ? "wrap mechanism 3 (AES-KWP) is not read any more, since it binds no context: if the"
                + " object is yours, encrypt it anew with the release that made it"
            : "wrap mechanism "
                + id
                + " is unknown to this release: a later one may have made the object");
  }
}
