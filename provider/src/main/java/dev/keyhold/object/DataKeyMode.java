package dev.keyhold.object;

/** The kind of key that the recipients of an object wrap. The ids are part of the format. */
public enum DataKeyMode {
  /** The object's own data key: one call to a backend per object. */
  PER_OBJECT(1, "per-object", "per-object"),
  /** An epoch key, from which many objects' keys are derived locally. */
  EPOCH(3, "epoch", "epoch-derived");

  /** The epoch mode of the first pre-release, whose epoch keys wrapped data keys. */
  private static final int WRAPPED_EPOCH = 2;

  private final int id;
  private final String text;
  private final String bound;

  DataKeyMode(int id, String text, String bound) {
    this.id = id;
    this.text = text;
    this.bound = bound;
  }

  /** Returns the number that stands for it in a header. */
  public int id() {
    return id;
  }

  /** Returns the word that stands for it in a configuration. */
  public String text() {
    return text;
  }

  /** Returns the word that stands for it in a wrap's context. */
  public String bound() {
    return bound;
  }

  /**
   * Returns the one with this number.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static DataKeyMode ofId(int id) {
    for (DataKeyMode dataKeys : values()) {
      if (dataKeys.id == id) {
        return dataKeys;
      }
    }
    throw new IllegalArgumentException(
        id == WRAPPED_EPOCH
            ? "an object in the epoch mode of a pre-release of 0.1.0 (mode 2, a wrapped data key),"
                + " which no release reads: decrypt it with that pre-release, and encrypt it anew"
            : "unknown protection of data keys " + id);
  }
}
