package dev.keyhold.config;

import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.ConfigurationException;
import dev.keyhold.keystore.Durations;
import dev.keyhold.keystore.Keeper;
import dev.keyhold.keystore.Words;
import dev.keyhold.object.Combinator;
import dev.keyhold.object.DataKeyMode;
import dev.keyhold.policy.Custody;
import dev.keyhold.policy.Declaration;
import dev.keyhold.policy.EpochBounds;
import dev.keyhold.policy.KeyRef;
import dev.keyhold.policy.Policy;
import dev.keyhold.policy.Shape;
import dev.keyhold.policy.Tenancy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Maps an alias to its keys: the {@code key.*} part of a configuration. A pattern is an alias, or
 * the beginning of one and a star. An exact alias takes precedence over patterns, and a longer
 * pattern over a shorter one. An alias with dots is written in quotation marks. Immutable.
 */
public final class RoutingTable {
  private static final String PREFIX = "key.";
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"(?:\\.([a-z-]+))?");
  private static final Set<String> OPTIONS =
      new TreeSet<>(
          Set.of(
              "binding",
              "certificates",
              "custody",
              "data-keys",
              "decrypt-with",
              "max-age",
              "max-bytes",
              "max-objects",
              "max-stale",
              "purpose",
              "tenant",
              "write-quorum"));

  private final Configuration configuration;
  private final Map<String, Route> routes = new LinkedHashMap<>();

  /** The configuration of one pattern: read property by property, then checked. */
  private static final class Route {
    private String property;
    private String expression;
    private final Map<String, String> options = new LinkedHashMap<>();
    private KeyExpression keys;
    private DataKeyMode dataKeys = DataKeyMode.PER_OBJECT;
    private List<KeyExpression> former = List.of();
    private Path certificates;
    private EpochBounds epochs = EpochBounds.DEFAULT;
    private int writeQuorum;
    private Tenancy tenancy = Tenancy.OPTIONAL;
    private Declaration declaration = Declaration.NONE;

    Route(String property) {
      this.property = property;
    }

    Policy policy(String alias) {
      String binding = options.getOrDefault("binding", alias);
      List<Shape> shapes = new ArrayList<>();
      for (KeyExpression expression : former) {
        for (DataKeyMode protection : DataKeyMode.values()) {
          shapes.add(expression.shape(alias, protection));
        }
      }
      Shape present = keys.shape(alias, dataKeys);
      return new Policy(
          Access.of(alias, binding),
          present,
          writeQuorum(present),
          shapes,
          epochs,
          tenancy,
          declaration);
    }

    /** Returns all keys, unless it is an any-of that says otherwise. */
    private int writeQuorum(Shape shape) {
      int count = shape.keys().size();
      return shape.combinator() == Combinator.ANY_OF ? Math.min(count, writeQuorum) : count;
    }
  }

  RoutingTable(Configuration configuration, Map<String, String> properties) {
    this.configuration = configuration;
    properties.forEach(this::add);
    routes.forEach(
        (pattern, route) -> {
          if (route.expression == null) {
            throw configuration.invalid(
                route.property, "is an option of an alias that has no line; add key." + pattern);
          }
          refuseTwoReadings(pattern, route);
          check(route);
        });
  }

  /** Returns what the configuration says of an alias; empty if no pattern matches. */
  public Optional<Policy> policy(String alias) {
    return route(alias).map(route -> route.policy(alias));
  }

  private Optional<Route> route(String alias) {
    Route exact = routes.get(alias);
    if (exact != null) {
      return Optional.of(exact);
    }
    Route best = null;
    int bestLength = -1;
    for (Map.Entry<String, Route> entry : routes.entrySet()) {
      String pattern = entry.getKey();
      if (pattern.endsWith("*")
          && alias.startsWith(pattern.substring(0, pattern.length() - 1))
          && pattern.length() > bestLength) {
        best = entry.getValue();
        bestLength = pattern.length();
      }
    }
    return Optional.ofNullable(best);
  }

  /** Returns the file of an alias's certificates, if it has one. */
  public Optional<Path> certificates(String alias) {
    return Optional.ofNullable(routes.get(alias)).map(route -> route.certificates);
  }

  /** Returns whether no alias has a key. */
  boolean isEmpty() {
    return routes.isEmpty();
  }

  /** Returns the aliases that have a line of their own. */
  List<String> exactAliases() {
    return routes.keySet().stream().filter(pattern -> !pattern.endsWith("*")).toList();
  }

  /**
   * Returns the line of the configuration that names a key, or lists it beside others, by its name;
   * empty if none does, or only that of the alias that is the key's name.
   */
  public Optional<String> lineNaming(KeyRef ref) {
    return routes.entrySet().stream()
        .filter(
            route -> {
              Policy policy = route.getValue().policy(route.getKey());
              Shape present = policy.protectWith();
              boolean itsOwn =
                  route.getKey().equals(ref.key())
                      && present.combinator() == Combinator.SINGLE
                      && present.keys().contains(ref);
              return !itsOwn
                  && policy.opensWith().stream().anyMatch(shape -> shape.keys().contains(ref));
            })
        .map(route -> PREFIX + route.getKey())
        .findFirst();
  }

  /** Patterns whose keys are of no use while only some backends are up. */
  public List<String> outOfReach(Set<String> up) {
    return routes.entrySet().stream()
        .filter(entry -> !entry.getValue().keys.opensWith(up))
        .map(Map.Entry::getKey)
        .toList();
  }

  private void add(String property, String value) {
    String rest = property.substring(PREFIX.length());
    String pattern = rest;
    String option = null;
    Matcher quoted = QUOTED.matcher(rest);
    if (quoted.matches()) {
      pattern = quoted.group(1);
      option = quoted.group(2);
    } else {
      int dot = rest.lastIndexOf('.');
      if (dot > 0 && OPTIONS.contains(rest.substring(dot + 1))) {
        pattern = rest.substring(0, dot);
        option = rest.substring(dot + 1);
      }
    }
    int star = pattern.indexOf('*');
    if (pattern.isEmpty()
        || WrittenValue.hasQuote(pattern)
        || (star >= 0 && star != pattern.length() - 1)) {
      throw configuration.invalid(property, "is not an alias, or its beginning and one star");
    }
    Route route = routes.computeIfAbsent(pattern, p -> new Route(property));
    if (option == null) {
      if (route.expression != null) {
        throw configuration.invalid(property, "names an alias that has a line already");
      }
      route.expression = value;
      route.property = property;
    } else if (!OPTIONS.contains(option)) {
      throw configuration.invalid(
          property, "is not an option of an alias; there are: " + String.join(", ", OPTIONS));
    } else {
      route.options.put(option, value);
    }
  }

  /** An unquoted alias like orders.foo: is foo a mistyped option? */
  private void refuseTwoReadings(String pattern, Route route) {
    int dot = pattern.lastIndexOf('.');
    if (dot < 0 || route.property.startsWith(PREFIX + "\"")) {
      return;
    }
    throw configuration.invalid(
        route.property,
        "can be read two ways: an alias '%s', or an option '%s' of alias '%s' (options are: %s);"
                .formatted(
                    pattern,
                    pattern.substring(dot + 1),
                    pattern.substring(0, dot),
                    String.join(", ", OPTIONS))
            + " write key.\"%s\" for the alias".formatted(pattern));
  }

  private void check(Route route) {
    route.dataKeys = word(route, "data-keys", DataKeyMode.class);
    route.keys = KeyExpression.parse(configuration, route.property, route.expression);
    if (route.keys.namesKeys() && route.property.endsWith("*")) {
      throw configuration.invalid(
          route.property, "would give one key to many aliases; write a line for each alias");
    }
    checkCustody(route);
    route.certificates = certificates(route);
    route.epochs = epochs(route);
    route.writeQuorum =
        route.keys.writeQuorum(
            configuration,
            optionProperty(route, "write-quorum"),
            Optional.ofNullable(route.options.get("write-quorum")));
    route.tenancy = word(route, "tenant", Tenancy.class);
    route.declaration = declaration(route);
    String decryptWith = route.options.get("decrypt-with");
    if (decryptWith != null) {
      String property = optionProperty(route, "decrypt-with");
      route.former =
          KeyExpression.split(decryptWith).stream()
              .map(expression -> KeyExpression.parse(configuration, property, expression))
              .toList();
    }
  }

  private void checkCustody(Route route) {
    Custody custody = word(route, "custody", Custody.class);
    List<Keeper> keepers =
        route.keys.keys().stream()
            .map(named -> configuration.backends().get(named.backend()).keeper())
            .toList();
    custody
        .violation(route.keys.combinator(), keepers)
        .ifPresent(
            what -> {
              throw configuration.invalid(
                  optionProperty(route, "custody"),
                  "= " + route.options.get("custody") + " " + what);
            });
  }

  /** Returns which of a few words an option has; the first where it is not set. */
  private <E extends Enum<E>> E word(Route route, String option, Class<E> type) {
    String value = route.options.get(option);
    return value == null
        ? type.getEnumConstants()[0]
        : Words.parse(value, type, what -> invalid(route, option, what));
  }

  private ConfigurationException invalid(Route route, String option, String what) {
    return configuration.invalid(
        optionProperty(route, option), "= " + route.options.get(option) + ": " + what);
  }

  private Declaration declaration(Route route) {
    try {
      return Declaration.of(
          Optional.ofNullable(route.options.get("purpose")), configuration.environment());
    } catch (IllegalArgumentException e) {
      throw configuration.invalid(
          optionProperty(route, "purpose"), "is refused: " + e.getMessage());
    }
  }

  private EpochBounds epochs(Route route) {
    EpochBounds usual = EpochBounds.DEFAULT;
    Duration maxAge = age(route, "max-age", usual.maxAge());
    Duration maxStale = age(route, "max-stale", maxAge);
    if (maxStale.compareTo(maxAge) < 0) {
      throw configuration.invalid(
          optionProperty(route, "max-stale"),
          "is shorter than max-age (%s): it is counted from the same moment"
              .formatted(Durations.text(maxAge)));
    }
    return new EpochBounds(
        maxAge,
        maxStale,
        read(route, "max-objects", EpochBounds::objects, usual.maxObjects()),
        read(route, "max-bytes", EpochBounds::bytes, usual.maxBytes()));
  }

  private Duration age(Route route, String option, Duration otherwise) {
    return read(route, option, EpochBounds::age, otherwise);
  }

  /** An option of epoch keys, which only aliases that use them have. */
  private <T> T read(
      Route route,
      String option,
      BiFunction<String, Function<String, ConfigurationException>, T> reading,
      T otherwise) {
    String value = route.options.get(option);
    if (value == null) {
      return otherwise;
    }
    if (route.dataKeys != DataKeyMode.EPOCH && !route.options.containsKey("decrypt-with")) {
      throw configuration.invalid(
          optionProperty(route, option),
          "is about epoch keys, which this alias does not use; add %s.data-keys = epoch"
              .formatted(route.property));
    }
    return reading.apply(value, what -> invalid(route, option, what));
  }

  private Path certificates(Route route) {
    String value = route.options.get("certificates");
    if (value == null) {
      return null;
    }
    String property = optionProperty(route, "certificates");
    if (route.property.endsWith("*")) {
      throw configuration.invalid(
          property, "would give one certificate to many keys; write a line for each alias");
    }
    Path file = configuration.resolve(property, value);
    if (!Files.isReadable(file)) {
      throw configuration.invalid(
          property, "= %s: there is no such file, or it can't be read".formatted(file));
    }
    return file;
  }

  private static String optionProperty(Route route, String option) {
    return route.property + "." + option;
  }
}
