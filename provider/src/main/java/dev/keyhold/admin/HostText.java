package dev.keyhold.admin;

import dev.keyhold.config.Secrets;
import dev.keyhold.instance.ProviderArgument;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.platform.FileNames;
import dev.keyhold.platform.ProcessText;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the text that this process is given, without loss in any locale: arguments, properties,
 * variables, paths and secrets. Stateless.
 */
public final class HostText {
  private HostText() {}

  /** Returns the arguments of {@code main}, as the operating system has them. */
  public static String[] arguments(String... decoded) {
    return ProcessText.ofThisProcess().arguments(decoded);
  }

  /** Returns a system property, if it is set. */
  public static Optional<String> property(String name) {
    return ProcessText.ofThisProcess().property(name);
  }

  /** Returns an environment variable, if it is set. */
  public static Optional<String> variable(String name) {
    return Optional.ofNullable(ProcessText.ofThisProcess().environment().get(name));
  }

  /** Returns whether bytes were lost when a text was decoded. */
  public static boolean isDamaged(String text) {
    return ProcessText.isDamaged(text);
  }

  /**
   * Returns the path that a text names.
   *
   * @throws InvalidPathException if it names none
   */
  public static Path path(String text) {
    return FileNames.path(text);
  }

  /**
   * Returns the path that a provider's argument names, which may be a URI.
   *
   * @throws InvalidPathException if it names none
   */
  public static Path pathOrUri(String argument) {
    return FileNames.pathOrUri(argument);
  }

  /** Returns whether a provider can be called so. */
  public static boolean isProviderName(String name) {
    return ProviderArgument.isName(name);
  }

  /**
   * Reads a secret by the rules of {@code file:} in a configuration.
   *
   * @param subject what it is, for messages
   * @return the caller zeroes it
   */
  public static char[] secretFromFile(String subject, Path file) throws BackendException {
    return Secrets.fromFile(subject, file);
  }

  /**
   * Reads a secret by the rules of {@code env:} in a configuration.
   *
   * @param subject what it is, for messages
   * @return the caller zeroes it
   */
  public static char[] secretFromVariable(String subject, String variable) throws BackendException {
    Map<String, String> environment = ProcessText.ofThisProcess().environment();
    return Secrets.fromEnvironment(subject, variable, environment);
  }

  /**
   * Refuses a secret that was typed and that no file or environment variable would give back.
   *
   * @param subject what was typed, for messages
   */
  public static void requireReadable(String subject, char[] typed) throws BackendException {
    Secrets.requireReadable(subject, typed);
  }
}
