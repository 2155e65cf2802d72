package dev.keyhold.custody.server.gate;

/**
 * Something that is not as it should be.
 *
 * @param name a word
 * @param stops what stops meanwhile
 * @param message what it is and what to do
 */
public record Fault(String name, Stops stops, String message) {
  /** What a fault stops. */
  public enum Stops {
    /** Uses and statements. */
    ALL,
    /** Uses, and statements but revocations and freezes. */
    USES,
    /** Uses by grants of people. */
    PEOPLE,
    /** Nothing. */
    NOTHING
  }
}
