package dev.keyhold.keystore;

import java.util.Optional;

/**
 * A configured backend: its options, read and checked. It holds no resources, so it need not be
 * closed if it is not opened.
 */
@FunctionalInterface
public interface BackendSource {
  /**
   * Creates the backend. Does no I/O: the backend connects at its first call.
   *
   * @return a new backend at each call, which the caller closes
   */
  Backend open();

  /**
   * Returns the type that headers name the keys by: if this backend stands before another one, the
   * type of the other.
   *
   * @return empty for the factory's own type
   */
  default Optional<String> headerType() {
    return Optional.empty();
  }

  /** Returns the keeper of the keys if it depends on the options, else empty. */
  default Optional<Keeper> keeper() {
    return Optional.empty();
  }
}
