package dev.keyhold.keystore;

/** Ends a change at a backend whose answer does not contain the changed key. */
public final class AfterChange {
  private AfterChange() {}

  /** Reads the key that was changed. */
  @FunctionalInterface
  public interface Reading {
    KeyMetadata read() throws BackendException;
  }

  /**
   * Returns the key after a change that has taken effect.
   *
   * @throws BackendException if it can't be read; the message says that the change was made
   */
  public static KeyMetadata read(Reading reading) throws BackendException {
    try {
      return reading.read();
    } catch (BackendException e) {
      throw e.at(
              "the change was made and stands, do not repeat it; but the key could not be read after"
                  + " it, look at it first")
          .afterChange();
    }
  }
}
