package dev.keyhold.object;

/**
 * The number of an object's recipients that it takes to open it. The ids are part of the format.
 */
public enum Combinator {
  /** There is one key. */
  SINGLE(1, "single"),
  /** Different keys, each opens alone. */
  ANY_OF(2, "any-of"),
  /** Different keys, all are needed. */
  ALL_OF(3, "all-of");

  private final int id;
  private final String text;

  Combinator(int id, String text) {
    this.id = id;
    this.text = text;
  }

  /** Returns the number that stands for it in a header. */
  public int id() {
    return id;
  }

  /** Returns the word that stands for it in a configuration and in a wrap's context. */
  public String text() {
    return text;
  }

  /**
   * Returns the combinator with this number.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Combinator ofId(int id) {
    for (Combinator combinator : values()) {
      if (combinator.id == id) {
        return combinator;
      }
    }
    throw new IllegalArgumentException("unknown combinator " + id);
  }
}
