package dev.keyhold.keystore;

/** The source of a password or PIN. Reading it may do I/O. Thread-safe. */
@FunctionalInterface
public interface SecretSource {
  /**
   * Reads the secret again.
   *
   * @return a fresh array; the caller zeroes it
   * @throws BackendException with MISCONFIGURED if the variable or file is missing or empty; the
   *     message names the source, never the content
   */
  char[] read() throws BackendException;
}
