package dev.keyhold.observe;

/**
 * Something that is asked of a backend.
 *
 * @param backend its name in the configuration
 * @param type its type, such as {@code aws-kms}
 * @param remote whether it is on a device or a network
 * @param words what is asked, as errors say it
 * @param key the name of the key at the backend; empty where it is about none
 */
public record KeyUse(String backend, String type, boolean remote, String words, String key) {
  /** What is asked. */
  public KeyOperation operation() {
    return KeyOperation.of(words); // only where somebody wants to know
  }
}
