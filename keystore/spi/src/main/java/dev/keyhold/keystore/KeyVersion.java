package dev.keyhold.keystore;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * One version of a key.
 *
 * @param id the version's name within its key, as it stands in the headers of objects; empty where
 *     a backend has no versions
 * @param state the version's own state
 * @param created when it was made, where the backend knows
 */
public record KeyVersion(String id, KeyState state, Optional<Instant> created) {
  /** Checks that all parts are there. */
  public KeyVersion {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(created, "created");
  }
}
