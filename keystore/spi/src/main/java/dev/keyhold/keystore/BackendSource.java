package dev.keyhold.keystore;

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
}
