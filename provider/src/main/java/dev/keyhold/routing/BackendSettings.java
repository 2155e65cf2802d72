package dev.keyhold.routing;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.BackendFactory;
import dev.keyhold.keystore.BackendOptions;
import dev.keyhold.keystore.ConfigurationException;
import dev.keyhold.keystore.Keeper;
import dev.keyhold.keystore.SecretSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The options of one backend: those that every backend has, and a view for its factory. */
final class BackendSettings implements BackendOptions {
  private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,6})(ms|s)");
  private static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(10);
  private static final Duration DEFAULT_BREAKER_PAUSE = Duration.ofSeconds(2);
  private static final Duration SHORTEST_DURATION = Duration.ofMillis(10);
  private static final int MAX_SECRET_BYTES = 4096;

  private final Configuration configuration;
  private final String name;
  private final BackendFactory factory;
  private final Backend backend;
  private final Duration deadline;
  private final int threads;
  private final int callsPerSecond;
  private final int breakerFailures;
  private final Duration breakerPause;
  private final boolean importAllowed;
  private final int distance;
  private final Set<String> known = new HashSet<>(Set.of("type"));
  private boolean lacksSecret;

  /** Reads all options and makes the backend, which connects to nothing yet. */
  BackendSettings(Configuration configuration, String name, BackendFactory factory) {
    this.configuration = configuration;
    this.name = name;
    this.factory = factory;
    deadline = duration("deadline", DEFAULT_DEADLINE);
    threads = integer("threads", 1, 1024, 32);
    callsPerSecond = integer("calls-per-second", 1, 1_000_000, 0);
    breakerFailures = integer("breaker-failures", 1, 1000, 10);
    breakerPause = duration("breaker-pause", DEFAULT_BREAKER_PAUSE);
    distance = integer("distance", 0, 1_000_000, 0);
    String importing = optional("import").orElse("refuse");
    if (!importing.equals("refuse") && !importing.equals("allow")) {
      throw invalid("import", "must be refuse (the default) or allow");
    }
    importAllowed = importing.equals("allow");
    backend = factory.create(this);
  }

  Backend connect() {
    return backend;
  }

  String type() {
    return factory.type();
  }

  Keeper keeper() {
    return factory.keeper();
  }

  /** How long one use of a key may take, retries included. */
  Duration deadline() {
    return deadline;
  }

  /** How many calls may be under way at once. */
  int threads() {
    return threads;
  }

  /** How many calls a second may be made; 0 for no limit. */
  int callsPerSecond() {
    return callsPerSecond;
  }

  /** After how many failed uses in a row the backend is left alone for a while. */
  int breakerFailures() {
    return breakerFailures;
  }

  /** How long it is left alone then. */
  Duration breakerPause() {
    return breakerPause;
  }

  /** How far away it is, in any unit: of several keys that open, nearer ones are asked first. */
  int distance() {
    return distance;
  }

  /** Whether key material that was made elsewhere may be brought in. */
  boolean importAllowed() {
    return importAllowed;
  }

  /** Whether the backend asked for a password or PIN that is not configured. */
  boolean lacksSecret() {
    return lacksSecret;
  }

  boolean knows(String option) {
    return known.contains(option);
  }

  Set<String> known() {
    return known;
  }

  @Override
  public String backend() {
    return name;
  }

  @Override
  public Optional<String> optional(String option) {
    known.add(option);
    return configuration.value(property(option));
  }

  @Override
  public Optional<Path> path(String option) {
    return optional(option).map(this::resolve);
  }

  @Override
  public Optional<SecretSource> secret(String option) {
    Optional<SecretSource> source = optional(option).map(text -> secretSource(option, text));
    lacksSecret |= source.isEmpty();
    return source;
  }

  @Override
  public ConfigurationException invalid(String option, String what) {
    return configuration.invalid(property(option), what);
  }

  private String property(String option) {
    return "backend." + name + "." + option;
  }

  private Path resolve(String text) {
    return configuration.path().resolveSibling(text).normalize();
  }

  private Duration duration(String option, Duration defaultValue) {
    Optional<String> text = optional(option);
    if (text.isEmpty()) {
      return defaultValue;
    }
    Matcher matcher = DURATION.matcher(text.get());
    if (matcher.matches()) {
      long number = Long.parseLong(matcher.group(1));
      Duration duration =
          matcher.group(2).equals("s") ? Duration.ofSeconds(number) : Duration.ofMillis(number);
      if (duration.compareTo(SHORTEST_DURATION) >= 0) {
        return duration;
      }
    }
    throw invalid(option, "must be a duration such as 500ms or 10s, and at least 10ms");
  }

  private SecretSource secretSource(String option, String text) {
    if (text.startsWith("env:") && text.length() > 4) {
      return () -> fromEnvironment(option, text.substring(4));
    }
    if (text.startsWith("file:") && text.length() > 5) {
      return () -> fromFile(option, resolve(text.substring(5)));
    }
    throw invalid(option, "must be env:NAME or file:PATH; a secret does not stand in this file");
  }

  private char[] fromEnvironment(String option, String variable) throws BackendException {
    String value = configuration.environment().get(variable);
    if (value == null || value.isEmpty()) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          "%s is read from environment variable %s, which is not set"
              .formatted(property(option), variable));
    }
    return value.toCharArray();
  }

  private char[] fromFile(String option, Path file) throws BackendException {
    byte[] bytes = new byte[0];
    char[] chars = new char[0];
    try {
      if (Files.size(file) > MAX_SECRET_BYTES) {
        throw secretFileError(option, file, "is longer than a secret can be", null);
      }
      bytes = Files.readAllBytes(file);
      CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      chars = decoded.array();
      int length = decoded.limit();
      while (length > 0 && (chars[length - 1] == '\n' || chars[length - 1] == '\r')) {
        length--;
      }
      if (length == 0) {
        throw secretFileError(option, file, "is empty", null);
      }
      return Arrays.copyOf(chars, length);
    } catch (NoSuchFileException e) {
      throw secretFileError(option, file, "does not exist", e);
    } catch (IOException e) {
      throw secretFileError(option, file, "cannot be read as UTF-8 text", e);
    } finally {
      Arrays.fill(bytes, (byte) 0);
      Arrays.fill(chars, '\0');
    }
  }

  private BackendException secretFileError(
      String option, Path file, String what, IOException cause) {
    return new BackendException(
        Reason.MISCONFIGURED,
        "%s is read from file %s, which %s".formatted(property(option), file, what),
        cause);
  }
}
