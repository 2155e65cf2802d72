package dev.keyhold.keystore;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The description of a key by its backend. Never holds key material.
 *
 * @param name the backend's own name of the key (a label, a KMS alias), unique within the backend;
 *     empty for a key that has none
 * @param uri where the key is, whichever version; with {@link Backend#nameOf} it leads back to it
 * @param identity what the headers of objects name the key by; stays the same when the key is
 *     renamed or replicated, as far as the backend can tell
 * @param spec algorithm and size
 * @param purposes what the key may be used for
 * @param state the state of the key as a whole
 * @param versions all versions, oldest first; the last one that {@linkplain KeyState#protects
 *     protects} is current
 * @param attributes what else the backend tells
 */
public record KeyMetadata(
    String name,
    KeyUri uri,
    String identity,
    KeySpec spec,
    Set<Purpose> purposes,
    KeyState state,
    List<KeyVersion> versions,
    KeyAttributes attributes) {

  /** Checks and copies. */
  public KeyMetadata {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(uri, "uri");
    Objects.requireNonNull(identity, "identity");
    Objects.requireNonNull(spec, "spec");
    Objects.requireNonNull(state, "state");
    purposes = Set.copyOf(purposes);
    versions = List.copyOf(versions);
    Objects.requireNonNull(attributes, "attributes");
  }

  /** Creates the metadata of a key without further attributes. */
  public KeyMetadata(
      String name,
      KeyUri uri,
      String identity,
      KeySpec spec,
      Set<Purpose> purposes,
      KeyState state,
      List<KeyVersion> versions) {
    this(name, uri, identity, spec, purposes, state, versions, KeyAttributes.NONE);
  }

  /** Returns the version that protects new data, if any does. */
  public Optional<KeyVersion> currentVersion() {
    for (int i = versions.size() - 1; i >= 0; i--) {
      if (versions.get(i).state().protects()) {
        return Optional.of(versions.get(i));
      }
    }
    return Optional.empty();
  }

  /** Returns when the oldest version was made, where the backend knows. */
  public Optional<Instant> created() {
    return versions.isEmpty() ? Optional.empty() : versions.get(0).created();
  }
}
