package dev.keyhold.keystore.pkcs11;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.keystore.SecretSource;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;

/**
 * The user PIN of a token: configured, or supplied later. Remembers which PIN the token refused, so
 * that it is never tried again: a token locks after a few wrong ones. Thread-safe.
 */
final class Pin {
  private final Optional<SecretSource> configured;
  private final String backend;
  private final byte[] salt = new byte[16];
  private char[] supplied;
  private byte[] refused;

  /**
   * With where the configuration has it, if it does.
   *
   * @param backend the backend's name, for messages
   */
  Pin(Optional<SecretSource> configured, String backend) {
    this.configured = configured;
    this.backend = backend;
  }

  /** Takes a copy of a PIN, for when none is configured. */
  synchronized void supply(char[] pin) {
    forget();
    supplied = pin.clone();
  }

  /**
   * The PIN to log in with.
   *
   * @return a fresh array; the caller zeroes it
   * @throws BackendException with MISCONFIGURED if there is none, or if the token refused this one
   */
  char[] read() throws BackendException {
    char[] pin = configured.isPresent() ? configured.get().read() : copyOfSupplied();
    if (isRefused(pin)) {
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

  /** Remembers that the token refused a PIN: by its salted digest, not as it is. */
  synchronized void refuse(char[] pin) {
    LocalRandom.get().nextBytes(salt);
    refused = digest(pin);
  }

  /** Zeroes what was supplied. */
  synchronized void forget() {
    if (supplied != null) {
      Arrays.fill(supplied, '\0');
      supplied = null;
    }
  }

  private synchronized boolean isRefused(char[] pin) {
    return refused != null && MessageDigest.isEqual(refused, digest(pin));
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

  private byte[] digest(char[] pin) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * pin.length);
    bytes.asCharBuffer().put(pin);
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(salt);
      sha256.update(bytes.array());
      return sha256.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    } finally {
      Arrays.fill(bytes.array(), (byte) 0);
    }
  }
}
