package dev.keyhold.keystore;

import java.util.Objects;

/**
 * The protection of a backend's keys at rest by its password. Immutable.
 *
 * @param place what is protected: the path of a file
 * @param derivation the function between password and key, in words
 * @param isWeak whether trying passwords costs less than it should
 * @param isCurrent whether new files get the same
 */
public record PasswordProtection(
    String place, String derivation, boolean isWeak, boolean isCurrent) {
  /** The least length of a new password, in characters. */
  public static final int LEAST_LENGTH = 8;

  private static final int LEAST_DISTINCT = 4;

  /** Checks that all parts are there. */
  public PasswordProtection {
    Objects.requireNonNull(place, "place");
    Objects.requireNonNull(derivation, "derivation");
  }

  /** Returns whether a new password can be guessed at once. A password in use is taken as it is. */
  public static boolean isTooWeak(char[] password) {
    long distinct = java.nio.CharBuffer.wrap(password).chars().distinct().count();
    return password.length < LEAST_LENGTH || distinct < LEAST_DISTINCT;
  }
}
