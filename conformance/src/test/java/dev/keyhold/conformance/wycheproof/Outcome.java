package dev.keyhold.conformance.wycheproof;

import dev.keyhold.conformance.wycheproof.Vector.Result;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;

/** What comes of an operation with one right result. */
final class Outcome {
  private Outcome() {}

  /**
   * Requires the right result of a valid vector, a refusal of an invalid one, one of both else.
   *
   * @param expected the right result
   */
  static void require(Vector vector, byte[] expected, Refusal.Call operation) throws Exception {
    byte[] result;
    try {
      result = operation.run();
    } catch (GeneralSecurityException e) {
      if (vector.result() == Result.VALID) {
        throw e;
      }
      return;
    }
    if (vector.result() == Result.INVALID || !Arrays.equals(expected, result)) {
      throw new AssertionError("the result was " + HexFormat.of().formatHex(result));
    }
  }
}
