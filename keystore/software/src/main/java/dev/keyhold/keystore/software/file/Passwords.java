package dev.keyhold.keystore.software.file;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.SecretSource;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;

/**
 * The source of the file's password: the configuration, or else the caller that unlocks. A wrong
 * password that a caller offers does not replace one that opened the file before. Not thread-safe:
 * {@link RingStore} guards it.
 */
public final class Passwords {
  private final String property;
  private final Optional<SecretSource> configured;
  private char[] accepted;
  private char[] offered;

  /** The property is for messages: {@code backend.<name>.password}. */
  public Passwords(String property, Optional<SecretSource> configured) {
    this.property = property;
    this.configured = configured;
  }

  /**
   * Takes a password that is to be tried, unless the configuration has one.
   *
   * @param password copied
   * @return whether there is something new to try
   */
  boolean offer(char[] password) {
    if (configured.isPresent() || same(accepted, password)) {
      return false;
    }
    zero(offered);
    offered = password.clone();
    return true;
  }

  /** Returns whether an offered password was not tried yet. */
  boolean isUntried() {
    return offered != null;
  }

  /**
   * Returns the password to try.
   *
   * @return a fresh array; the caller zeroes it
   */
  char[] read() throws BackendException {
    char[] password = configured.isPresent() ? configured.get().read() : given();
    if (password.length == 0) {
      throw missing("the password of the key file is empty");
    }
    return password;
  }

  private char[] given() throws BackendException {
    if (offered == null && accepted == null) {
      throw missing("the key file needs a password");
    }
    return (offered != null ? offered : accepted).clone();
  }

  private BackendException missing(String what) {
    return new BackendException(
        Reason.MISCONFIGURED,
        what + ": set " + property + " = env:NAME or file:PATH, or give the password to unlock it");
  }

  /** The password that was read opens the file. */
  void accept() {
    if (offered != null) {
      zero(accepted);
      accepted = offered;
      offered = null;
    }
  }

  /** The password that was read does not open the file. */
  void reject() {
    // without an earlier one it stays, so that each call says "wrong", not "missing"
    if (accepted != null) {
      zero(offered);
      offered = null;
    }
  }

  void destroy() {
    zero(accepted);
    zero(offered);
    accepted = null;
    offered = null;
  }

  private static boolean same(char[] known, char[] other) {
    if (known == null) {
      return false;
    }
    byte[] left = bytes(known);
    byte[] right = bytes(other);
    try {
      return MessageDigest.isEqual(left, right);
    } finally {
      Arrays.fill(left, (byte) 0);
      Arrays.fill(right, (byte) 0);
    }
  }

  private static byte[] bytes(char[] secret) {
    byte[] bytes = new byte[2 * secret.length];
    ByteBuffer.wrap(bytes).asCharBuffer().put(secret);
    return bytes;
  }

  private static void zero(char[] secret) {
    if (secret != null) {
      Arrays.fill(secret, '\0');
    }
  }
}
