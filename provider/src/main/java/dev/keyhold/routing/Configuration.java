package dev.keyhold.routing;

import dev.keyhold.keystore.BackendFactory;
import dev.keyhold.keystore.ConfigurationException;
import dev.keyhold.routing.ConfigFile.Property;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A configuration, read and checked whole; makes no backend and connects to nothing.
 *
 * <p>Each property can be overridden by the environment variable that is named {@code KEYHOLD_} and
 * the property's name in upper case, with an underscore for each character that is not a letter or
 * a digit: {@code KEYHOLD_BACKEND_HSM_TOKEN}. Immutable and thread-safe.
 */
public final class Configuration {
  private static final Pattern BACKEND =
      Pattern.compile("backend\\.([A-Za-z0-9_-]+)\\.([a-z0-9-]+)");
  private static final Pattern OVERRIDE = Pattern.compile("KEYHOLD_(BACKEND|KEY)_.*");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+");

  private final ConfigFile file;
  private final Map<String, String> environment;
  private final Map<String, BackendSettings> backends = new LinkedHashMap<>();

  /** The environment variables that stand for a property which someone asked for. */
  private final Set<String> variables = new HashSet<>();

  private final RoutingTable routes;
  private final Optional<String> generate;
  private final Optional<String> secureRandom;
  private final Optional<Path> rewrapQueue;

  private Configuration(
      ConfigFile file, Map<String, String> environment, Map<String, BackendFactory> factories) {
    this.file = file;
    this.environment = environment;
    readBackends(factories);
    routes = new RoutingTable(this, keyProperties());
    generate = backendNamedBy("generate");
    secureRandom = backendNamedBy("secure-random");
    rewrapQueue = value("rewrap-queue").map(folder -> path().resolveSibling(folder).normalize());
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

  /** The backends by name, in the order of the file. */
  Map<String, BackendSettings> backends() {
    return backends;
  }

  RoutingTable routes() {
    return routes;
  }

  /** The aliases that have a line of their own, in the order of the file. */
  public List<String> exactAliases() {
    return routes.exactAliases();
  }

  /** The backend where a generator makes keys that have no alias yet. */
  public Optional<String> generate() {
    return generate;
  }

  /** The backend whose random bytes {@link java.security.SecureRandom} serves. */
  public Optional<String> secureRandom() {
    return secureRandom;
  }

  /** The folder where headers are noted that lack a key of their alias. */
  public Optional<Path> rewrapQueue() {
    return rewrapQueue;
  }

  /** Where this configuration was read, for messages. */
  public Path path() {
    return file.path();
  }

  Map<String, String> environment() {
    return environment;
  }

  /** The value of a property: from the environment, else from the file; never empty. */
  Optional<String> value(String name) {
    String variable = variable(name);
    variables.add(variable);
    String overriding = environment.get(variable);
    if (overriding != null) {
      if (overriding.isBlank()) {
        throw invalid(name, "is set, and empty; give it a value or unset it");
      }
      return Optional.of(overriding.strip());
    }
    Property property = file.properties().get(name);
    if (property == null) {
      return Optional.empty();
    }
    if (property.value().isEmpty()) {
      throw invalid(name, "has no value; give it one or remove the line");
    }
    return Optional.of(property.value());
  }

  /** The error for a property: names the file and line, or the environment variable. */
  ConfigurationException invalid(String name, String what) {
    if (environment.containsKey(variable(name))) {
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
      if (!matcher.matches() || !matcher.group(2).equals("type")) {
        continue;
      }
      String name = matcher.group(1);
      String type = value(property).orElseThrow();
      BackendFactory factory = factories.get(type);
      if (factory == null) {
        throw invalid(
            property,
            "= %s: no such backend on the class path; there %s"
                .formatted(
                    type,
                    factories.isEmpty()
                        ? "is none: add the jar of one, such as keyhold-software"
                        : "are: " + String.join(", ", new TreeSet<>(factories.keySet()))));
      }
      backends.put(name, new BackendSettings(this, name, factory));
    }
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
      if (OVERRIDE.matcher(variable).matches() && !variables.contains(variable)) {
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
        if (backend == null) {
          throw invalid(
              property, "belongs to no backend; add backend." + matcher.group(1) + ".type = ...");
        }
        if (!backend.knows(matcher.group(2))) {
          throw invalid(
              property,
              "is not an option of a %s backend; it has: %s"
                  .formatted(backend.type(), String.join(", ", new TreeSet<>(backend.known()))));
        }
      } else if (!property.startsWith("key.")
          && !List.of("generate", "rewrap-queue", "secure-random").contains(property)) {
        throw invalid(
            property,
            "is not a property of Keyhold; there are: backend.<name>.<option>, key.<alias>,"
                + " key.<alias>.<option>, generate, rewrap-queue, secure-random");
      }
    }
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
