package dev.keyhold.policy;

/**
 * A key at a configured backend.
 *
 * @param backend the backend's name in the configuration
 * @param key the backend's own name of the key
 */
public record KeyRef(String backend, String key) {
  @Override
  public String toString() {
    return backend + ":" + key;
  }
}
