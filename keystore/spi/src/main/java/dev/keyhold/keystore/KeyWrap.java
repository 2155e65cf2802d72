package dev.keyhold.keystore;

/**
 * AES key wrap: what a key of {@link Purpose#KEY_WRAP} does to other keys, which are bytes to it.
 * Deterministic, and bound to no context.
 */
public enum KeyWrap {
  /** RFC 3394: keys of 16 bytes and more, in steps of 8. NIST SP 800-38F calls it KW. */
  KW("AES/KW/NoPadding", 16),
  /** RFC 5649: keys of any length. NIST SP 800-38F calls it KWP. */
  KWP("AES/KWP/NoPadding", 1);

  /** The longest key that can be wrapped, in bytes. */
  public static final int MAX_LENGTH = 1 << 16;

  /** The size of the unit of a wrapped key, in bytes. */
  private static final int STEP = 8;

  private final String transformation;
  private final int shortest;

  KeyWrap(String transformation, int shortest) {
    this.transformation = transformation;
    this.shortest = shortest;
  }

  /** Returns the standard JCA name of the transformation. */
  public String transformation() {
    return transformation;
  }

  /** Returns whether it can wrap so many bytes. */
  public boolean wraps(int length) {
    return length >= shortest && length <= MAX_LENGTH && (this == KWP || length % STEP == 0);
  }

  /** Returns how long so many bytes are when they are wrapped. */
  public int wrappedLength(int length) {
    return (length + STEP - 1) / STEP * STEP + STEP;
  }

  /** Returns whether what it wraps can have this length when it is wrapped. */
  public boolean unwraps(int wrappedLength) {
    return wrappedLength % STEP == 0
        && wrappedLength >= wrappedLength(shortest)
        && wrappedLength <= wrappedLength(MAX_LENGTH);
  }
}
