package dev.keyhold.config;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendFactory;
import dev.keyhold.keystore.BackendOptions;
import dev.keyhold.keystore.BackendSource;
import dev.keyhold.keystore.ConfigurationException;
import dev.keyhold.keystore.Keeper;
import dev.keyhold.keystore.SecretSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The options of one backend: those that every backend has, and a view for its factory. */
public final class BackendSettings implements BackendOptions {
  private static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(10);
  private static final Duration DEFAULT_CHANGE_DEADLINE = Duration.ofMinutes(2);
  private static final Duration DEFAULT_BREAKER_PAUSE = Duration.ofSeconds(1);

  private final Configuration configuration;
  private final String name;
  private final BackendFactory factory;
  private final BackendSource source;
  private final Duration deadline;
  private final Duration changeDeadline;
  private final boolean warmUp;
  private final int threads;
  private final int callsPerSecond;
  private final int breakerFailures;
  private final Duration breakerPause;
  private final boolean importAllowed;
  private final int distance;
  private final Optional<String> module;
  private final Optional<String> certificate;
  private final Set<String> known = new HashSet<>(Set.of("type"));
  private boolean lacksSecret;

  /** Reads and checks all options. */
  BackendSettings(Configuration configuration, String name, BackendFactory factory) {
    this.configuration = configuration;
    this.name = name;
    this.factory = factory;
    deadline = duration("deadline", DEFAULT_DEADLINE);
    changeDeadline = duration("change-deadline", longer(deadline, DEFAULT_CHANGE_DEADLINE));
    warmUp = flag("warm-up");
    threads = integer("threads", 1, 1024, 32);
    callsPerSecond = integer("calls-per-second", 1, 1_000_000, 0);
    breakerFailures = integer("breaker-failures", 1, 1000, 10);
    breakerPause = duration("breaker-pause", DEFAULT_BREAKER_PAUSE);
    distance = integer("distance", 0, 1_000_000, 0);
    importAllowed = allows("import");
    module = optional("module");
    certificate = optional("certificate");
    source = factory.configure(this);
  }

  /** Makes the backend, which connects at its first call; the caller closes it. */
  public Backend open() {
    return source.open();
  }

  public String type() {
    return factory.type();
  }

  /** Returns the type that headers name its keys by. */
  public String headerType() {
    return source.headerType().orElse(factory.type());
  }

  public Keeper keeper() {
    return source.keeper().orElse(factory.keeper());
  }

  /** Returns the longest time that one use of a key may take, retries included. */
  public Duration deadline() {
    return deadline;
  }

  /** Returns the longest time that a change of a key may take, such as making one. */
  public Duration changeDeadline() {
    return changeDeadline;
  }

  /** Returns whether the backend builds its client before it is first used. */
  public boolean warmUp() {
    return warmUp;
  }

  /** Returns the maximum number of concurrent calls. */
  public int threads() {
    return threads;
  }

  /** Returns the maximum number of calls a second; 0 for no limit. */
  public int callsPerSecond() {
    return callsPerSecond;
  }

  /**
   * Returns the number of failed uses in a row after which the backend is not called for a while.
   */
  public int breakerFailures() {
    return breakerFailures;
  }

  /** Returns the time for which the backend is not called then. */
  public Duration breakerPause() {
    return breakerPause;
  }

  /**
   * Returns the distance of the backend, in any unit: if several keys can open an object, nearer
   * ones are asked first.
   */
  public int distance() {
    return distance;
  }

  /** Returns whether key material that was made elsewhere may be brought in. */
  public boolean importAllowed() {
    return importAllowed;
  }

  /**
   * Returns the cryptographic module behind the backend, as its owner calls it; nothing checks it.
   */
  public Optional<String> module() {
    return module;
  }

  /** Returns the module's validation or certificate, as its owner says; nothing checks it. */
  public Optional<String> certificate() {
    return certificate;
  }

  /** Returns whether the backend asked for a password or PIN that is not configured. */
  public boolean lacksSecret() {
    return lacksSecret;
  }

  /**
   * Returns whether another configuration has the same settings for a backend; the secrets
   * themselves are not compared.
   */
  public boolean isLike(BackendSettings other) {
    Set<String> options = new HashSet<>(known);
    options.addAll(other.known);
    return configuration.path().equals(other.configuration.path())
        && options.stream().allMatch(o -> valueOf(o).equals(other.valueOf(o)));
  }

  private Optional<String> valueOf(String option) {
    return configuration.value(property(option));
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
    return optional(option).map(text -> configuration.resolve(property(option), text));
  }

  @Override
  public Optional<SecretSource> secret(String option) {
    Optional<SecretSource> source =
        optional(option).map(text -> Secrets.source(configuration, property(option), text));
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

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  private Duration duration(String option, Duration defaultValue) {
    optional(option); // so that it is known
    return configuration.duration(property(option), defaultValue);
  }
}
