package dev.keyhold.custody.server.gate;

import dev.keyhold.keystore.BackendException;
import java.util.Locale;
import java.util.Optional;

/** A use or a signed text that is not served, as the wire tells it (docs/CUSTODY-WIRE.md). */
public final class GateException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What the client is told. */
  public enum Kind {
    MALFORMED(400),
    DENIED(403),
    PENDING(403),
    NOT_FOUND(404),
    BAD_CIPHERTEXT(422),
    UNSUPPORTED(422),
    REFUSED(409),
    THROTTLED(429),
    MISCONFIGURED(500),
    UNAVAILABLE(503);

    private final int status;

    Kind(int status) {
      this.status = status;
    }

    /** Returns the status of HTTP. */
    public int status() {
      return status;
    }

    /** Returns the word of the wire. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private final Kind error;
  private final transient Optional<Receipt> leaf;
  private final transient Optional<PendingUses.Pending> pending;
  private final String code;
  private final boolean outcomeUnknown;

  /** Creates an error without a leaf. */
  public GateException(Kind error, String message) {
    this(error, message, null, Optional.empty(), Optional.empty(), "", false);
  }

  private GateException(
      Kind error,
      String message,
      Throwable cause,
      Optional<Receipt> leaf,
      Optional<PendingUses.Pending> pending,
      String code,
      boolean outcomeUnknown) {
    super(message, cause);
    this.error = error;
    this.leaf = leaf;
    this.pending = pending;
    this.code = code;
    this.outcomeUnknown = outcomeUnknown;
  }

  static GateException refused(String code, String message, Throwable cause) {
    return new GateException(
        Kind.REFUSED, message, cause, Optional.empty(), Optional.empty(), code, false);
  }

  static GateException of(BackendException failure) {
    Kind error =
        switch (failure.reason()) {
          case NOT_FOUND -> Kind.NOT_FOUND;
          case DENIED -> Kind.DENIED;
          case UNAVAILABLE -> Kind.UNAVAILABLE;
          case BAD_CIPHERTEXT -> Kind.BAD_CIPHERTEXT;
          case MISCONFIGURED -> Kind.MISCONFIGURED;
          case UNSUPPORTED -> Kind.UNSUPPORTED;
        };
    return new GateException(
        error,
        failure.getMessage(),
        failure,
        Optional.empty(),
        Optional.empty(),
        "",
        failure.isOutcomeUnknown());
  }

  /** Returns the same error with a leaf. */
  GateException at(Receipt receipt) {
    return new GateException(
        error,
        getMessage(),
        getCause(),
        Optional.ofNullable(receipt),
        pending,
        code,
        outcomeUnknown);
  }

  /** Returns the same error with the pending use that people may allow. */
  GateException with(PendingUses.Pending use) {
    return new GateException(
        error,
        getMessage() + "; ask for one: " + use.ask(),
        getCause(),
        leaf,
        Optional.of(use),
        code,
        outcomeUnknown);
  }

  /** Returns what the client is told. */
  public Kind error() {
    return error;
  }

  /** Returns where it is recorded. */
  public Optional<Receipt> leaf() {
    return leaf;
  }

  /** Returns the use that a grant would allow. */
  public Optional<PendingUses.Pending> pending() {
    return pending;
  }

  /** Returns the code of docs/AUDIT.md for a signed text that is refused; else empty. */
  public String code() {
    return code;
  }

  /** Returns whether a change may have been made all the same. */
  public boolean isOutcomeUnknown() {
    return outcomeUnknown;
  }
}
