package dev.keyhold.conformance.wycheproof;

import java.security.GeneralSecurityException;
import java.util.HexFormat;

/** What has to happen to vectors that must not work. */
public final class Refusal {
  /** A call that is to be refused. */
  @FunctionalInterface
  interface Call {
    /** What it returned, if it was not refused. */
    byte[] run() throws Exception;
  }

  private Refusal() {}

  /**
   * Requires that a call is refused by an exception that JCA callers catch: a {@link
   * GeneralSecurityException}, or an {@link IllegalArgumentException} (such as {@link
   * java.security.InvalidParameterException}).
   */
  static void expect(String pattern, Call call) throws Exception {
    byte[] result;
    try {
      result = call.run();
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return;
    } catch (Exception e) {
      throw new AssertionError(pattern + " was refused, but by " + e, e);
    }
    throw new AssertionError(
        pattern + " was not refused; it returned " + HexFormat.of().formatHex(result));
  }
}
