package dev.keyhold.object;

/** What the recipients of an object wrap. The ids are part of the format. */
public enum DataKeyMode {
  /** The object's own data key: one call to a backend per object. */
  PER_OBJECT(1, "per-object"),
  /** An epoch key, which wraps many objects' data keys locally. */
  EPOCH(2, "epoch");

  private final int id;
  private final String text;

  DataKeyMode(int id, String text) {
    this.id = id;
    this.text = text;
  }

  /** The number that stands for it in a header. */
  public int id() {
    return id;
  }

  /** The word that stands for it in a configuration and in a wrap's context. */
  public String text() {
    return text;
  }

  /**
   * The one with this number.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static DataKeyMode ofId(int id) {
    for (DataKeyMode dataKeys : values()) {
      if (dataKeys.id == id) {
        return dataKeys;
      }
    }
    throw new IllegalArgumentException("unknown protection of data keys " + id);
  }
}
