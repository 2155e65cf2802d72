package dev.keyhold.keystore;

import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A key to be made or imported.
 *
 * @param name the backend's own name for it; must not exist there yet
 * @param spec algorithm and size
 * @param purposes what it may be used for; at least one
 * @param labels names and values that the backend keeps with the key (AWS calls them tags), where
 *     it can; never secret
 */
public record KeyRequest(
    String name, KeySpec spec, Set<Purpose> purposes, Map<String, String> labels) {
  /** Checks and copies. */
  public KeyRequest {
    Objects.requireNonNull(spec, "spec");
    purposes = Set.copyOf(purposes);
    labels = Map.copyOf(labels);
    if (name.isEmpty() || purposes.isEmpty()) {
      throw new IllegalArgumentException("a new key needs a name and at least one purpose");
    }
  }

  /** Creates a request for a key without labels. */
  public KeyRequest(String name, KeySpec spec, Set<Purpose> purposes) {
    this(name, spec, purposes, Map.of());
  }
}
