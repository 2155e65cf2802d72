package dev.keyhold.keystore;

import java.util.Objects;
import java.util.Set;

/**
 * A key to be made or imported.
 *
 * @param name the backend's own name for it; must not exist there yet
 * @param spec algorithm and size
 * @param purposes what it may be used for; at least one
 */
public record KeyRequest(String name, KeySpec spec, Set<Purpose> purposes) {
  /** Checks and copies. */
  public KeyRequest {
    Objects.requireNonNull(spec, "spec");
    purposes = Set.copyOf(purposes);
    if (name.isEmpty() || purposes.isEmpty()) {
      throw new IllegalArgumentException("a new key needs a name and at least one purpose");
    }
  }
}
