package dev.keyhold.admin;

import dev.keyhold.policy.KeyRef;
import java.util.List;

/**
 * A key at a configured backend.
 *
 * @param backend the backend's name in the configuration
 * @param key the backend's own name of the key
 */
public record KeyAddress(String backend, String key) {
  static KeyAddress of(KeyRef ref) {
    return new KeyAddress(ref.backend(), ref.key());
  }

  static List<KeyAddress> of(List<KeyRef> refs) {
    return refs.stream().map(KeyAddress::of).toList();
  }

  KeyRef ref() {
    return new KeyRef(backend, key);
  }

  /** Returns it as the configuration writes it. */
  @Override
  public String toString() {
    return ref().toString();
  }
}
