package dev.keyhold.routing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which key an alias means: the {@code key.*} part of a configuration. A pattern is an alias, or a
 * beginning of one and a star; an exact alias goes before patterns, a longer pattern before a
 * shorter one. An alias with dots is written in quotation marks. Immutable.
 */
final class RoutingTable {
  private static final String PREFIX = "key.";
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"(?:\\.([a-z-]+))?");
  private static final Pattern EXPRESSION = Pattern.compile("([A-Za-z0-9_-]+)(?::(.+))?");
  private static final Pattern COMBINED = Pattern.compile("(any-of|all-of)\\s*\\((.*)\\)");
  private static final Set<String> OPTIONS =
      new TreeSet<>(Set.of("binding", "certificates", "data-keys", "decrypt-with"));

  private final Configuration configuration;
  private final Map<String, Route> routes = new LinkedHashMap<>();

  /** A key; no name means that it is called as the alias is. */
  private record Target(String backend, Optional<String> key) {
    Shape shape(String alias) {
      KeyRef ref = new KeyRef(backend, key.orElse(alias));
      return new Shape(DataKeys.PER_OBJECT, Combinator.SINGLE, List.of(ref));
    }
  }

  /** What the configuration says of one pattern: read property by property, then checked. */
  private static final class Route {
    private String property;
    private String expression;
    private final Map<String, String> options = new LinkedHashMap<>();
    private Target target;
    private List<Target> former = List.of();
    private Path certificates;

    Route(String property) {
      this.property = property;
    }

    Policy policy(String alias) {
      String binding = options.getOrDefault("binding", alias);
      List<Shape> formerShapes = former.stream().map(key -> key.shape(alias)).toList();
      return new Policy(alias, binding, target.shape(alias), formerShapes);
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

  /** What the configuration says of an alias; empty if no pattern matches. */
  Optional<Policy> policy(String alias) {
    Route exact = routes.get(alias);
    if (exact != null) {
      return Optional.of(exact.policy(alias));
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
    return Optional.ofNullable(best).map(route -> route.policy(alias));
  }

  /** The file of an alias's certificates, if it has one. */
  Optional<Path> certificates(String alias) {
    return Optional.ofNullable(routes.get(alias)).map(route -> route.certificates);
  }

  /** The aliases that have a line of their own. */
  List<String> exactAliases() {
    return routes.keySet().stream().filter(pattern -> !pattern.endsWith("*")).toList();
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
    if (pattern.isEmpty() || (star >= 0 && star != pattern.length() - 1)) {
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
    String dataKeys = route.options.getOrDefault("data-keys", DataKeys.PER_OBJECT.text());
    if (!dataKeys.equals(DataKeys.PER_OBJECT.text())) {
      throw configuration.invalid(
          optionProperty(route, "data-keys"),
          "= " + dataKeys + ": this version has per-object (the default) only");
    }
    route.target = target(route, route.property, route.expression);
    route.certificates = certificates(route);
    String decryptWith = route.options.get("decrypt-with");
    if (decryptWith != null) {
      String property = optionProperty(route, "decrypt-with");
      route.former =
          Stream.of(decryptWith.split(",", -1))
              .map(expression -> target(route, property, expression.strip()))
              .toList();
    }
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
    Path file = configuration.path().resolveSibling(value).normalize();
    if (!Files.isReadable(file)) {
      throw configuration.invalid(
          property, "= %s: there is no such file, or it can't be read".formatted(file));
    }
    return file;
  }

  private Target target(Route route, String property, String expression) {
    if (COMBINED.matcher(expression).matches()) {
      throw configuration.invalid(
          property, "= " + expression + ": this version has one key per alias only");
    }
    Matcher matcher = EXPRESSION.matcher(expression);
    if (!matcher.matches()) {
      throw configuration.invalid(property, "must be <backend> or <backend>:<key>");
    }
    configuration.requireBackend(property, matcher.group(1));
    Optional<String> key = Optional.ofNullable(matcher.group(2)).map(String::strip);
    if (key.isPresent() && route.property.endsWith("*") && property.equals(route.property)) {
      throw configuration.invalid(
          property, "would give one key to many aliases; write a line for each alias");
    }
    return new Target(matcher.group(1), key);
  }

  private static String optionProperty(Route route, String option) {
    return route.property + "." + option;
  }
}
