package dev.keyhold.config;

import dev.keyhold.config.ConfigFile.Property;
import dev.keyhold.keystore.BackendFactory;
import dev.keyhold.keystore.ConfigurationException;
import dev.keyhold.keystore.Durations;
import dev.keyhold.platform.FileNames;
import dev.keyhold.platform.ProcessText;
import dev.keyhold.policy.AliasPatterns;
import dev.keyhold.policy.Declaration;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A configuration, read and checked whole: a value, which holds no resource.
 *
 * <p>Each property can be overridden by the environment variable that is named {@code KEYHOLD_} and
 * the property's name in upper case, with an underscore for each character that is not a letter or
 * a digit: {@code KEYHOLD_BACKEND_HSM_TOKEN}. Immutable and thread-safe.
 */
public final class Configuration {
  /** The largest configuration file that is read, in bytes. */
  public static final int MAX_LENGTH = ConfigFile.MAX_LENGTH;

  private static final Pattern BACKEND =
      Pattern.compile("backend\\.([A-Za-z0-9_-]+)\\.([a-z0-9-]+)");
  private static final Pattern OVERRIDE = Pattern.compile("KEYHOLD_(BACKEND|BOARD|KEY)_.*");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+");
  private static final Duration SHORTEST_DURATION = Duration.ofMillis(10);
  private static final Duration LONGEST_DURATION = Duration.ofDays(7);

  /** The types of the backends of Keyhold, each of which is an artifact of its own. */
  private static final Set<String> TYPES =
      new TreeSet<>(Set.of("aws-kms", "custodian", "google-kms", "pkcs11", "software"));

  private static final Set<String> TOP =
      Set.of("board", "generate", "keystore.aliases", "reload", "rewrap-queue", "secure-random");

  private final ConfigFile file;
  private final OwnFiles ownFiles;
  private final Map<String, String> environment;
  private final Map<String, BackendSettings> backends = new LinkedHashMap<>();

  /** The properties that someone asked for, by the environment variable that overrides them. */
  private final Map<String, Set<String>> asked = new ConcurrentHashMap<>();

  private final Map<String, String> serviceLinks;

  private final RoutingTable routes;
  private final Declaration declaration;
  private final Optional<String> generate;
  private final Optional<String> secureRandom;
  private final AliasPatterns keyStoreAliases;
  private final Optional<Path> rewrapQueue;
  private final Optional<BoardSettings> board;
  private final Optional<Duration> reload;

  private Configuration(
      ConfigFile file, Map<String, String> environment, Map<String, BackendFactory> factories) {
    this.file = file;
    ownFiles = new OwnFiles(file.path());
    this.environment = environment;
    serviceLinks = ServiceLinks.of(environment, OVERRIDE);
    file.properties().keySet().stream()
        .collect(Collectors.groupingBy(Configuration::variable, Collectors.toSet()))
        .forEach(this::requireUnambiguous);
    readBackends(factories);
    declaration = readDeclaration();
    routes = new RoutingTable(this, keyProperties());
    generate = backendNamedBy("generate");
    secureRandom = backendNamedBy("secure-random");
    keyStoreAliases = readKeyStoreAliases();
    rewrapQueue = value("rewrap-queue").map(text -> resolve("rewrap-queue", text));
    board = BoardSettings.of(this);
    reload = value("reload").map(text -> duration("reload", Duration.ZERO));
    refuseUnknown();
  }

  /**
   * Reads and checks a configuration file.
   *
   * @param environment overrides and secrets, {@link System#getenv()} outside tests
   * @param factories the backends at hand, by type
   * @throws ConfigurationException with file, line and what would be right
   */
  public static Configuration read(
      Path path, Map<String, String> environment, Map<String, BackendFactory> factories) {
    return new Configuration(ConfigFile.read(path), environment, factories);
  }

  /** Returns the backends by name, in the order of the file. */
  public Map<String, BackendSettings> backends() {
    return backends;
  }

  public RoutingTable routes() {
    return routes;
  }

  /** Returns what is declared of uses of a key that has no line. */
  public Declaration declaration() {
    return declaration;
  }

  private Declaration readDeclaration() {
    try {
      return Declaration.of(Optional.empty(), environment);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("the environment is refused: " + e.getMessage(), e);
    }
  }

  /** Returns the reason why no key can be used with this configuration; empty if some can. */
  public Optional<String> lack() {
    if (backends.isEmpty()) {
      return Optional.of(
          "%s names no backend, so there is no key to use; add backend.<name>.type = ... and key.<alias> = <name>"
              .formatted(path()));
    }
    return routes.isEmpty() && generate.isEmpty()
        ? Optional.of(
            "%s has no line key.<alias> = <backend>, so no alias has a key; add one, such as key.* = %s"
                .formatted(path(), backends.keySet().iterator().next()))
        : Optional.empty();
  }

  /** Returns the aliases that have a line of their own, in the order of the file. */
  public List<String> exactAliases() {
    return routes.exactAliases();
  }

  /** Returns the backend where a generator makes keys that have no alias yet. */
  public Optional<String> generate() {
    return generate;
  }

  /** Returns the backend whose random bytes {@link java.security.SecureRandom} serves. */
  public Optional<String> secureRandom() {
    return secureRandom;
  }

  /** Returns the aliases that a key store without a file shows. */
  public AliasPatterns keyStoreAliases() {
    return keyStoreAliases;
  }

  /** Returns the folder that records headers which lack a key of their alias. */
  public Optional<Path> rewrapQueue() {
    return rewrapQueue;
  }

  /** Returns the place where processes share epoch keys. */
  public Optional<BoardSettings> board() {
    return board;
  }

  /** Returns the interval at which the file is checked for changes. */
  public Optional<Duration> reload() {
    return reload;
  }

  /** Returns the path from which this configuration was read, for messages. */
  public Path path() {
    return file.path();
  }

  /** Returns the files that this configuration needs. */
  public OwnFiles ownFiles() {
    return ownFiles;
  }

  Map<String, String> environment() {
    return environment;
  }

  /**
   * Returns a path in this configuration, relative to the folder of its file. Not normalized:
   * {@code ..} leads where the operating system leads.
   */
  Path resolve(String property, String text) {
    Path path = resolved(property, text);
    ownFiles.add(property, path);
    return path;
  }

  /** Returns the path of a file that holds a secret, as {@link #resolve}. */
  Path resolveSecret(String property, String text) {
    Path path = resolved(property, text);
    ownFiles.addSecret(property, path);
    return path;
  }

  private Path resolved(String property, String text) {
    PathRules.fault(text)
        .ifPresent(
            fault -> {
              throw invalid(property, "= " + text + " " + fault);
            });
    try {
      return FileNames.resolve(path().getParent(), text);
    } catch (InvalidPathException e) {
      throw invalid(property, "= " + text + " is no path: " + e.getReason());
    }
  }

  /**
   * Returns the environment variables that were ignored, since a service of Kubernetes made them.
   */
  public Set<String> serviceLinks() {
    return serviceLinks.keySet();
  }

  /**
   * Refuses what can't be changed while a provider is in use.
   *
   * @param next the configuration to use next
   * @throws ConfigurationException if a restart is needed
   */
  public void requireReloadable(Configuration next) {
    boolean sameBoard =
        board.isPresent() == next.board.isPresent()
            && (board.isEmpty() || board.get().isLike(next.board.get()));
    if (!sameBoard) {
      throw next.invalid("board", "is another one now: this takes a restart");
    }
    if (!secureRandom.equals(next.secureRandom)) {
      throw next.invalid("secure-random", "is another one now: this takes a restart");
    }
    if (!rewrapQueue.equals(next.rewrapQueue)) {
      throw next.invalid("rewrap-queue", "is another one now: this takes a restart");
    }
    if (!reload.equals(next.reload)) {
      throw next.invalid("reload", "is another one now: this takes a restart");
    }
  }

  /** Returns the value of a property that is a duration. */
  Duration duration(String property, Duration defaultValue) {
    return value(property)
        .map(
            text ->
                Durations.parse(
                    text, SHORTEST_DURATION, LONGEST_DURATION, what -> invalid(property, what)))
        .orElse(defaultValue);
  }

  /** Returns the value of a property: from the environment, else from the file; never empty. */
  Optional<String> value(String name) {
    asked
        .computeIfAbsent(variable(name), v -> Collections.synchronizedSet(new TreeSet<>()))
        .add(name);
    Property property = file.properties().get(name);
    Optional<String> overriding = overriding(name);
    if (overriding.isPresent()) {
      String value = overriding.get().strip();
      if (value.isEmpty()) {
        throw invalid(name, "is set, and empty; give it a value or unset it");
      }
      if (ProcessText.isDamaged(value)) {
        throw invalid(name, ProcessText.damage());
      }
      Optional<String> fault =
          ConfigFile.isFreeText(name) ? Optional.empty() : WrittenValue.fault(value, false);
      fault.ifPresent(
          what -> {
            throw invalid(name, what);
          });
      return Optional.of(value);
    }
    if (property == null) {
      return Optional.empty();
    }
    if (property.value().isEmpty()) {
      throw invalid(name, "has no value; give it one or remove the line");
    }
    return Optional.of(property.value());
  }

  /** Returns the environment's value of a property; a variable that holds its secret is none. */
  private Optional<String> overriding(String name) {
    String variable = variable(name);
    Property property = file.properties().get(name);
    if (serviceLinks.containsKey(variable)
        || (property != null && property.value().equals("env:" + variable))) {
      return Optional.empty();
    }
    return Optional.ofNullable(environment.get(variable));
  }

  /** Returns the error for a property: names the file and line, or the environment variable. */
  ConfigurationException invalid(String name, String what) {
    if (overriding(name).isPresent()) {
      return new ConfigurationException(
          "environment variable %s (%s) %s".formatted(variable(name), name, what));
    }
    return file.invalid(name, what);
  }

  private static String variable(String property) {
    StringBuilder name = new StringBuilder("KEYHOLD_");
    for (int i = 0; i < property.length(); i++) {
      char c = property.charAt(i);
      boolean kept = c < 128 && Character.isLetterOrDigit(c);
      name.append(kept ? Character.toUpperCase(c) : '_');
    }
    return name.toString();
  }

  private void readBackends(Map<String, BackendFactory> factories) {
    for (String property : file.properties().keySet()) {
      Matcher matcher = BACKEND.matcher(property);
      if (!matcher.matches()) {
        continue;
      }
      requireType(property, matcher.group(1), matcher.group(2));
      if (!matcher.group(2).equals("type")) {
        continue;
      }
      String name = matcher.group(1);
      String type = value(property).orElseThrow();
      BackendFactory factory = factories.get(type);
      if (factory == null) {
        throw invalid(property, unknownType(type, factories.keySet()));
      }
      backends.put(name, new BackendSettings(this, name, factory));
    }
  }

  /** Requires a type of a backend that has options. */
  private void requireType(String property, String backend, String option) {
    String type = "backend." + backend + ".type";
    if (file.properties().containsKey(type)) {
      return;
    }
    String typo =
        file.properties().keySet().stream()
            .filter(name -> name.startsWith("backend." + backend + "."))
            .filter(name -> Spelling.isClose(name, type))
            .findFirst()
            .orElse("");
    throw typo.isEmpty()
        ? invalid(
            property,
            "is option %s of backend %s, which has no type; add %s = %s"
                .formatted(option, backend, type, String.join(" | ", TYPES)))
        : invalid(
            typo, "leaves backend %s without a type; did you mean %s?".formatted(backend, type));
  }

  private static String unknownType(String type, Set<String> there) {
    if (TYPES.contains(type)) {
      return "= %s: no such backend on the class path; add dev.keyhold:keyhold-%s; there %s"
          .formatted(
              type,
              type,
              there.isEmpty() ? "is none" : "are: " + String.join(", ", new TreeSet<>(there)));
    }
    Set<String> known = new TreeSet<>(TYPES);
    known.addAll(there);
    return known.stream()
        .filter(name -> Spelling.isClose(name, type))
        .findFirst()
        .map(name -> "= %s: no such type; did you mean %s?".formatted(type, name))
        .orElse("= %s: no such type; there are: %s".formatted(type, String.join(", ", known)));
  }

  private Map<String, String> keyProperties() {
    Map<String, String> keys = new LinkedHashMap<>();
    for (String property : file.properties().keySet()) {
      if (property.startsWith("key.")) {
        keys.put(property, value(property).orElseThrow());
      }
    }
    return keys;
  }

  private AliasPatterns readKeyStoreAliases() {
    String property = "keystore.aliases";
    Optional<String> text = value(property);
    if (text.isEmpty()) {
      return AliasPatterns.ALL;
    }
    AliasPatterns aliases;
    try {
      aliases = AliasPatterns.of(List.of(text.get().split(",", -1)));
    } catch (IllegalArgumentException e) {
      throw invalid(property, e.getMessage());
    }
    for (String alias : aliases.exact()) {
      if (routes.policy(alias).isEmpty()) {
        throw invalid(
            property,
            "names the alias '%s', which no line routes; add key.%s = <backend>"
                .formatted(alias, alias));
      }
    }
    return aliases;
  }

  private Optional<String> backendNamedBy(String property) {
    Optional<String> name = value(property);
    name.ifPresent(backend -> requireBackend(property, backend));
    return name;
  }

  void requireBackend(String property, String backend) {
    if (!NAME.matcher(backend).matches() || !backends.containsKey(backend)) {
      throw invalid(
          property,
          "names the backend '%s', which is not configured; %s"
              .formatted(
                  backend,
                  backends.isEmpty()
                      ? "there is none: add backend." + backend + ".type = ..."
                      : "there are: " + String.join(", ", backends.keySet())));
    }
  }

  private void refuseUnknown() {
    for (String variable : new TreeSet<>(environment.keySet())) {
      Set<String> names = asked.getOrDefault(variable, Set.of());
      requireUnambiguous(variable, names);
      if (OVERRIDE.matcher(variable).matches()
          && names.isEmpty()
          && !serviceLinks.containsKey(variable)
          && !isSecret(variable)) {
        throw new ConfigurationException(
            "environment variable %s overrides no property of %s; backends and aliases are named in"
                    .formatted(variable, file.path())
                + " the file, and the environment changes what their lines say");
      }
    }
    for (String property : file.properties().keySet()) {
      Matcher matcher = BACKEND.matcher(property);
      if (matcher.matches()) {
        BackendSettings backend = backends.get(matcher.group(1));
        if (!backend.knows(matcher.group(2))) {
          throw invalid(
              property,
              "is not an option of backends of type %s; they have: %s"
                  .formatted(backend.type(), String.join(", ", new TreeSet<>(backend.known()))));
        }
      } else if (property.startsWith("board.")) {
        BoardSettings.requireKnown(this, property);
      } else if (!property.startsWith("key.") && !TOP.contains(property)) {
        throw invalid(
            property,
            "is not a property of Keyhold; there are: backend.<name>.<option>, key.<alias>,"
                + " key.<alias>.<option>, "
                + String.join(", ", new TreeSet<>(TOP))
                + ", board.user, board.password, board.deadline");
      }
    }
  }

  private void requireUnambiguous(String variable, Set<String> names) {
    if (names.size() > 1 && names.stream().anyMatch(name -> overriding(name).isPresent())) {
      throw new ConfigurationException(
          "environment variable %s could mean %s of %s; unset it, and set them in the file"
              .formatted(variable, String.join(" or ", new TreeSet<>(names)), file.path()));
    }
  }

  /** Returns whether a line of the file reads its secret from a variable. */
  private boolean isSecret(String variable) {
    return file.properties().values().stream()
        .anyMatch(property -> property.value().equals("env:" + variable));
  }

  @Override
  public String toString() {
    return "Configuration["
        + file.path()
        + ", backends "
        + new ArrayList<>(backends.keySet())
        + "]";
  }
}
