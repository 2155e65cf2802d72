package dev.keyhold.routing;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.SecretSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/** Passwords and PINs that a configuration refers to, and never contains. Stateless. */
final class Secrets {
  private static final int MAX_BYTES = 4096;

  private Secrets() {}

  /**
   * What a property refers to; throws what the configuration says of one that refers to nothing.
   */
  static SecretSource source(Configuration configuration, String property, String text) {
    if (text.startsWith("env:") && text.length() > 4) {
      return () -> fromEnvironment(configuration, property, text.substring(4));
    }
    if (text.startsWith("file:") && text.length() > 5) {
      Path file = configuration.resolve(text.substring(5));
      return () -> fromFile(property, file);
    }
    throw configuration.invalid(
        property, "must be env:NAME or file:PATH; a secret does not stand in this file");
  }

  private static char[] fromEnvironment(
      Configuration configuration, String property, String variable) throws BackendException {
    String value = configuration.environment().get(variable);
    if (value == null || value.isEmpty()) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          "%s is read from environment variable %s, which is not set"
              .formatted(property, variable));
    }
    if (ProcessText.isDamaged(value)) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          "%s is read from environment variable %s, whose value %s, or read the secret from a file"
              .formatted(property, variable, ProcessText.damage()));
    }
    return value.toCharArray();
  }

  private static char[] fromFile(String property, Path file) throws BackendException {
    byte[] bytes = new byte[0];
    char[] chars = new char[0];
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw fileError(property, file, "is longer than a secret can be", null);
      }
      bytes = Files.readAllBytes(file);
      CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      chars = decoded.array();
      int length = decoded.limit();
      while (length > 0 && (chars[length - 1] == '\n' || chars[length - 1] == '\r')) {
        length--;
      }
      if (length == 0) {
        throw fileError(property, file, "is empty", null);
      }
      return Arrays.copyOf(chars, length);
    } catch (NoSuchFileException e) {
      throw fileError(property, file, "does not exist", e);
    } catch (IOException e) {
      throw fileError(property, file, "cannot be read as UTF-8 text", e);
    } finally {
      Arrays.fill(bytes, (byte) 0);
      Arrays.fill(chars, '\0');
    }
  }

  private static BackendException fileError(
      String property, Path file, String what, IOException cause) {
    return new BackendException(
        Reason.MISCONFIGURED,
        "%s is read from file %s, which %s".formatted(property, file, what),
        cause);
  }
}
