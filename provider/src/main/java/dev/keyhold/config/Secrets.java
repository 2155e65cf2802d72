package dev.keyhold.config;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.SecretSource;
import dev.keyhold.platform.ProcessText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * Passwords and PINs that a configuration or a command refers to, and never contains. All are read
 * by the same rules: a password that a command sets from a file is the one that a configuration
 * reads from it. Stateless.
 */
public final class Secrets {
  private static final int MAX_BYTES = 4096;

  /** The byte order mark, which some editors write before all else. */
  private static final char MARK = '\uFEFF';

  private Secrets() {}

  /**
   * Returns the secret that a property refers to; throws the configuration's error if it refers to
   * none.
   */
  static SecretSource source(Configuration configuration, String property, String text) {
    if (text.startsWith("env:") && text.length() > 4) {
      return () -> fromEnvironment(property, text.substring(4), configuration.environment());
    }
    if (text.startsWith("file:") && text.length() > 5) {
      Path file = configuration.resolveSecret(property, text.substring(5));
      return () -> fromFile(property, file);
    }
    throw configuration.invalid(
        property, "must be env:NAME or file:PATH; a secret does not stand in this file");
  }

  /**
   * Reads a secret from an environment variable.
   *
   * @param subject what is read, for messages: a property, or a phrase such as {@code the password}
   * @throws BackendException with MISCONFIGURED if there is none, or it is not whole
   */
  public static char[] fromEnvironment(
      String subject, String variable, Map<String, String> environment) throws BackendException {
    String value = environment.get(variable);
    if (value == null || value.isEmpty()) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          "%s is read from environment variable %s, which is not set".formatted(subject, variable));
    }
    if (ProcessText.isDamaged(value)) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          "%s is read from environment variable %s, whose value %s, or read the secret from a file"
              .formatted(subject, variable, ProcessText.damage()));
    }
    char[] chars = value.toCharArray();
    char[] secret = trimmed(chars, chars.length);
    Arrays.fill(chars, '\0');
    if (secret.length == 0) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          "%s is read from environment variable %s, which is empty".formatted(subject, variable));
    }
    return secret;
  }

  /**
   * Reads a secret from a file.
   *
   * @param subject what is read, for messages: a property, or a phrase such as {@code the password}
   * @throws BackendException with MISCONFIGURED if there is none, or it is not UTF-8 text of at
   *     most 4096 bytes
   */
  public static char[] fromFile(String subject, Path file) throws BackendException {
    byte[] bytes = new byte[0];
    char[] chars = new char[0];
    try {
      if (Files.isDirectory(file)) {
        throw fileError(subject, file, "is a folder: name the file in it", null);
      }
      bytes = readAtMost(file, MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw fileError(subject, file, "is longer than a secret can be", null);
      }
      if (isUtf16(bytes, bytes.length)) {
        throw fileError(subject, file, "is UTF-16: save it as UTF-8", null);
      }
      CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      chars = decoded.array();
      char[] secret = trimmed(chars, decoded.limit());
      if (secret.length == 0) {
        throw fileError(subject, file, "is empty", null);
      }
      return secret;
    } catch (NoSuchFileException e) {
      throw fileError(subject, file, "does not exist", e);
    } catch (AccessDeniedException e) {
      throw fileError(subject, file, "may not be read by this user", e);
    } catch (CharacterCodingException e) {
      throw fileError(subject, file, "is not UTF-8 text: save it as UTF-8", e);
    } catch (IOException e) {
      throw fileError(subject, file, "cannot be read: " + e.getMessage(), e);
    } finally {
      Arrays.fill(bytes, (byte) 0);
      Arrays.fill(chars, '\0');
    }
  }

  /**
   * Refuses a secret that was typed and that no file or environment variable would give back.
   *
   * @param subject what was typed, for messages
   * @throws BackendException with MISCONFIGURED
   */
  public static void requireReadable(String subject, char[] typed) throws BackendException {
    String fault = ProcessText.isDamaged(typed) ? ProcessText.damage() : fault(typed);
    if (!fault.isEmpty()) {
      throw new BackendException(Reason.MISCONFIGURED, subject + " " + fault);
    }
  }

  private static String fault(char[] typed) {
    byte[] bytes = new byte[typed.length * 3];
    ByteBuffer encoded = ByteBuffer.wrap(bytes);
    char[] kept = trimmed(typed, typed.length);
    try {
      if (!StandardCharsets.UTF_8
          .newEncoder()
          .encode(CharBuffer.wrap(typed), encoded, true)
          .isUnderflow()) {
        return "can't be written in UTF-8";
      }
      if (encoded.position() > MAX_BYTES) {
        return "is longer than a secret can be, which is " + MAX_BYTES + " bytes";
      }
      return isUtf16(bytes, encoded.position()) || !Arrays.equals(kept, typed)
          ? "contains a NUL character, a byte order mark or a line break, which a secret in a file can't contain"
          : "";
    } finally {
      Arrays.fill(bytes, (byte) 0);
      Arrays.fill(kept, '\0');
    }
  }

  /** Reads at most this number of bytes; the file may be a pipe or a device, which has no size. */
  static byte[] readAtMost(Path file, int length) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(length);
    }
  }

  /**
   * Returns whether a secret is UTF-16: it has the byte order mark, or a zero byte, which no secret
   * in UTF-8 has.
   */
  private static boolean isUtf16(byte[] bytes, int length) {
    int first = length < 2 ? 0 : ((bytes[0] & 0xff) << 8) | (bytes[1] & 0xff);
    boolean marked = first == 0xfeff || first == 0xfffe;
    for (int i = 0; i < length; i++) {
      marked |= bytes[i] == 0;
    }
    return marked;
  }

  /** Returns a secret without the byte order mark before it and the line ends after it. */
  private static char[] trimmed(char[] chars, int end) {
    int from = end > 0 && chars[0] == MARK ? 1 : 0;
    int to = end;
    while (to > from && (chars[to - 1] == '\n' || chars[to - 1] == '\r')) {
      to--;
    }
    return Arrays.copyOfRange(chars, from, to);
  }

  private static BackendException fileError(
      String subject, Path file, String what, IOException cause) {
    return new BackendException(
        Reason.MISCONFIGURED,
        "%s is read from file %s, which %s".formatted(subject, file, what),
        cause);
  }
}
