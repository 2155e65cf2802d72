package dev.keyhold.keystore;

import java.util.Objects;

/**
 * Thrown when a use of a key was refused that people could allow. It is a cause of the exception
 * that the JCA throws, so an application can tell a missing approval from a refusal, ask for it,
 * and try again later.
 */
public final class ApprovalPendingException extends Exception {
  private static final long serialVersionUID = 1L;

  private final long rule;
  private final long pending;
  private final String ask;

  /**
   * Creates an exception.
   *
   * @param message what is missing
   * @param rule the number of the rule that asks for people
   * @param pending the number of the pending use
   * @param ask the command by which they are asked
   */
  public ApprovalPendingException(String message, long rule, long pending, String ask) {
    super(message);
    this.rule = rule;
    this.pending = pending;
    this.ask = Objects.requireNonNull(ask, "ask");
  }

  /** Returns the number of the rule of the charter that asks for people. */
  public long rule() {
    return rule;
  }

  /** Returns the number of the pending use at its custodian. */
  public long pending() {
    return pending;
  }

  /** Returns the command by which people are asked to allow the use. */
  public String ask() {
    return ask;
  }
}
