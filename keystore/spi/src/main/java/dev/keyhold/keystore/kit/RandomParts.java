package dev.keyhold.keystore.kit;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.util.Arrays;

/** Random bytes of a service that gives so many at a time. Stateless. */
public final class RandomParts {
  private RandomParts() {}

  /** Requests random bytes of a length. */
  @FunctionalInterface
  public interface Request {
    byte[] random(int length) throws BackendException;
  }

  /**
   * Returns random bytes.
   *
   * @param most so many at a time
   */
  public static byte[] read(int length, int most, Request request) throws BackendException {
    byte[] random = new byte[length];
    for (int filled = 0; filled < length; ) {
      int part = Math.min(most, length - filled);
      byte[] bytes = request.random(part);
      if (bytes.length < part) {
        throw new BackendException(
            Reason.UNAVAILABLE, "the service gave fewer random bytes than were asked for");
      }
      System.arraycopy(bytes, 0, random, filled, part);
      Arrays.fill(bytes, (byte) 0);
      filled += part;
    }
    return random;
  }
}
