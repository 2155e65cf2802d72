package dev.keyhold.keystore.pkcs11.token;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.SecretSource;
import java.util.Arrays;
import java.util.Optional;

/**
 * The user PIN of a token: configured, or supplied later. A PIN that the token refused is never
 * tried again in this process: a token locks after a few wrong ones. Thread-safe.
 */
public final class Pin {
  private final Optional<SecretSource> configured;
  private final String backend;
  private char[] supplied;

  /**
   * Creates a PIN with its source in the configuration, if there is one.
   *
   * @param backend the backend's name, for messages
   */
  public Pin(Optional<SecretSource> configured, String backend) {
    this.configured = configured;
    this.backend = backend;
  }

  /** Takes a copy of a PIN, for when none is configured. */
  public synchronized void supply(char[] pin) {
    forget();
    supplied = pin.clone();
  }

  /**
   * Returns the PIN to log in with.
   *
   * @param token identifies the token
   * @return a fresh array; the caller zeroes it
   * @throws BackendException with MISCONFIGURED if there is none, or if the token refused this one
   */
  char[] read(String token) throws BackendException {
    char[] pin = configured.isPresent() ? configured.get().read() : copyOfSupplied();
    if (RefusedPins.PROCESS.contains(token, pin)) {
      Arrays.fill(pin, '\0');
      throw new BackendException(
          Reason.MISCONFIGURED,
          "the token refused this PIN, and it is not tried again because tokens lock: "
              + (configured.isPresent()
                  ? "correct what backend." + backend + ".pin names"
                  : "supply the right one"));
    }
    return pin;
  }

  /** Zeroes what was supplied. */
  public synchronized void forget() {
    if (supplied != null) {
      Arrays.fill(supplied, '\0');
      supplied = null;
    }
  }

  private synchronized char[] copyOfSupplied() throws BackendException {
    if (supplied == null) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          "the token wants a PIN: set backend."
              + backend
              + ".pin to env:NAME or file:PATH, or give it as the password of KeyStore.load");
    }
    return supplied.clone();
  }
}
