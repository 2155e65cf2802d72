package dev.keyhold.keystore;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The options of one configured backend ({@code backend.<name>.<option>}). An option that {@link
 * BackendFactory#create} does not read is unknown, and the configuration is refused.
 *
 * <p>Every method throws {@link ConfigurationException} for a bad value, with its line. Used by one
 * thread.
 */
public interface BackendOptions {
  /** Returns the backend's name in the configuration, for messages. */
  String backend();

  /** Returns the value of an option, if it is set; not empty. */
  Optional<String> optional(String option);

  /** Returns the value of an option that must be there. */
  default String required(String option) {
    return optional(option).orElseThrow(() -> invalid(option, "is missing"));
  }

  /** Returns a path, resolved against the folder of the configuration file. */
  Optional<Path> path(String option);

  /**
   * Returns a secret, given as {@code env:NAME} or {@code file:PATH} and read at its first use, or
   * empty where it is not configured. A secret in the file itself is refused.
   */
  Optional<SecretSource> secret(String option);

  /** Returns a whole number within bounds, or a default: see {@link Counts}. */
  default int integer(String option, int min, int max, int defaultValue) {
    return optional(option)
        .map(text -> (int) Counts.parse(text, min, max, what -> invalid(option, what)))
        .orElse(defaultValue);
  }

  /**
   * Returns which of some words an option has; the first where it is not set: see {@link Words}.
   */
  default String word(String option, String... words) {
    return optional(option)
        .map(text -> Words.parse(text, List.of(words), what -> invalid(option, what)))
        .orElse(words[0]);
  }

  /** Returns the constant whose name an option says; the first where it is not set. */
  default <E extends Enum<E>> E word(String option, Class<E> type) {
    return optional(option)
        .map(text -> Words.parse(text, type, what -> invalid(option, what)))
        .orElse(type.getEnumConstants()[0]);
  }

  /** Returns whether an option is {@code true}; it is {@code false} by default. */
  default boolean flag(String option) {
    return word(option, "false", "true").equals("true");
  }

  /** Returns whether an option is {@code allow}; it is {@code refuse} by default. */
  default boolean allows(String option) {
    return word(option, "refuse", "allow").equals("allow");
  }

  /** Returns a duration within inclusive bounds, or a default: see {@link Durations}. */
  default Duration duration(String option, Duration least, Duration longest, Duration otherwise) {
    return optional(option)
        .map(text -> Durations.parse(text, least, longest, what -> invalid(option, what)))
        .orElse(otherwise);
  }

  /** Returns the error for a bad option: names its line. The caller throws it. */
  ConfigurationException invalid(String option, String what);
}
