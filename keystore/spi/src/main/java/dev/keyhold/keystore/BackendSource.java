package dev.keyhold.keystore;

import java.util.Optional;

/**
 * A backend as it is configured: its options, read and checked. It holds no resource, so one that
 * is not opened needs no care.
 */
@FunctionalInterface
public interface BackendSource {
  /**
   * Makes the backend. Does no I/O: the backend connects at its first call.
   *
   * @return a new backend at each call, which the caller closes
   */
  Backend open();

  /**
   * Returns the type that headers name the keys by: of a backend that stands before another one,
   * the other's.
   *
   * @return empty for the factory's own type
   */
  default Optional<String> headerType() {
    return Optional.empty();
  }

  /** Returns who keeps the keys, where that depends on the options; else empty. */
  default Optional<Keeper> keeper() {
    return Optional.empty();
  }
}
