package dev.keyhold.keystore.awskms;

import java.io.IOException;

/** A request got no answer of the service. The message names host, port and proxy. */
final class TransportException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean misconfigured;

  /**
   * Creates an exception with what happened.
   *
   * @param misconfigured whether something must be mended before another try
   */
  TransportException(String message, boolean misconfigured, Throwable cause) {
    super(message, cause);
    this.misconfigured = misconfigured;
  }

  boolean isMisconfigured() {
    return misconfigured;
  }
}
