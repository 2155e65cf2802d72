package dev.keyhold.keystore.software.file;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.PasswordProtection;
import dev.keyhold.keystore.Residence;
import dev.keyhold.keystore.software.ring.KeyRing;
import java.time.Instant;
import java.util.Optional;

/**
 * Holds the backend's ring: a {@link RingStore}, except in the tests of applications. Thread-safe.
 */
public interface RingHolder extends AutoCloseable {
  /** A change of the ring; gives back the same ring to change nothing. */
  @FunctionalInterface
  interface Change {
    KeyRing apply(KeyRing ring) throws BackendException;
  }

  /** Returns where the keys are, if they are anywhere but in this process. */
  default Optional<Residence> residence() {
    return Optional.empty();
  }

  /** A password to try at the next call; not kept where there is none to be given. */
  void unlock(char[] password);

  /** Returns the ring, as it was not long ago. */
  KeyRing current() throws BackendException;

  /** The ring as it is now. */
  KeyRing fresh() throws BackendException;

  /**
   * Changes the ring.
   *
   * @return the ring after the change
   */
  KeyRing update(Change change) throws BackendException;

  /** Returns when the ring was last changed by anybody, where that is known; not authenticated. */
  default Optional<Instant> lastChange() {
    return Optional.empty();
  }

  /** Does what {@link dev.keyhold.keystore.Backend#passwordProtection} does. */
  default Optional<PasswordProtection> protection() throws BackendException {
    return Optional.empty();
  }

  /** Does what {@link dev.keyhold.keystore.Backend#protectAnew} does. */
  default String protectAnew(Optional<char[]> newPassword) throws BackendException {
    throw new BackendException(
        BackendException.Reason.UNSUPPORTED, "keys in memory have no password");
  }

  /** Returns the error text for a key that does not exist. */
  String notFound(String key);

  /** Zeroes all keys; later calls fail with UNAVAILABLE. */
  @Override
  void close();
}
