package dev.keyhold.testkit;

/**
 * A call to a backend.
 *
 * @param key the key's name; its id where it has none; empty where all keys, or none, are asked for
 */
record Call(Operation operation, String key) {
  @Override
  public String toString() {
    return operation + (key.isEmpty() ? "" : " " + key);
  }
}
