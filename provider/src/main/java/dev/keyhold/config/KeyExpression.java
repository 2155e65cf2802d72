package dev.keyhold.config;

import dev.keyhold.keystore.Counts;
import dev.keyhold.object.Combinator;
import dev.keyhold.object.DataKeyMode;
import dev.keyhold.policy.KeyRef;
import dev.keyhold.policy.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The keys that a line of the configuration names: {@code backend}, {@code backend:key}, {@code
 * any-of(…, …)} or {@code all-of(…, …)} of such. Immutable.
 *
 * @param combinator how many of them it takes
 * @param keys 1, or 2 to {@value #MAX_KEYS}
 */
record KeyExpression(Combinator combinator, List<Named> keys) {
  /** The most keys of one alias: as many recipients as a header has. */
  static final int MAX_KEYS = 16;

  private static final Pattern KEY = Pattern.compile("([A-Za-z0-9_-]+)(?::(.+))?");
  private static final Pattern COMBINED =
      Pattern.compile("(any-of|all-of)\\s*\\((.*)\\)", Pattern.DOTALL);

  /**
   * A key of a backend.
   *
   * @param key its name; empty if it is called as the alias is
   */
  record Named(String backend, Optional<String> key) {
    private KeyRef of(String alias) {
      return new KeyRef(backend, key.orElse(alias));
    }
  }

  KeyExpression {
    keys = List.copyOf(keys);
  }

  /** Returns whether it opens while only some backends are up. */
  boolean opensWith(Set<String> up) {
    return combinator == Combinator.ANY_OF
        ? keys.stream().anyMatch(key -> up.contains(key.backend()))
        : keys.stream().allMatch(key -> up.contains(key.backend()));
  }

  /** Reads an expression; throws what the configuration says of one that can't be read. */
  static KeyExpression parse(Configuration configuration, String property, String text) {
    Matcher combined = COMBINED.matcher(text.strip());
    if (!combined.matches()) {
      return new KeyExpression(
          Combinator.SINGLE, List.of(key(configuration, property, text.strip())));
    }
    Combinator combinator =
        combined.group(1).equals(Combinator.ANY_OF.text()) ? Combinator.ANY_OF : Combinator.ALL_OF;
    List<Named> keys = new ArrayList<>();
    for (String part : split(combined.group(2))) {
      keys.add(key(configuration, property, part));
    }
    if (keys.size() < 2 || keys.size() > MAX_KEYS) {
      throw configuration.invalid(
          property,
          "combines "
              + keys.size()
              + (keys.size() == 1 ? " key" : " keys")
              + "; there can be 2 to "
              + MAX_KEYS);
    }
    if (new HashSet<>(keys).size() < keys.size()) {
      throw configuration.invalid(property, "names a key twice");
    }
    return new KeyExpression(combinator, keys);
  }

  private static Named key(Configuration configuration, String property, String text) {
    Matcher matcher = KEY.matcher(text);
    if (!matcher.matches() || text.indexOf('(') >= 0 || text.indexOf(')') >= 0) {
      throw configuration.invalid(
          property,
          "must be <backend> or <backend>:<key>, or any-of(...) or all-of(...) of such, not '%s'"
              .formatted(text));
    }
    configuration.requireBackend(property, matcher.group(1));
    return new Named(matcher.group(1), Optional.ofNullable(matcher.group(2)).map(String::strip));
  }

  /** Returns the parts of a comma list; a comma in parentheses divides nothing. */
  static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '(') {
        depth++;
      } else if (c == ')') {
        depth--;
      } else if (c == ',' && depth == 0) {
        parts.add(text.substring(from, i).strip());
        from = i + 1;
      }
    }
    parts.add(text.substring(from).strip());
    return parts;
  }

  /** Returns whether it names a key and not only backends. */
  boolean namesKeys() {
    return keys.stream().anyMatch(named -> named.key().isPresent());
  }

  /**
   * Returns the number of keys for which an object must be written at least, from an option or by
   * default.
   */
  int writeQuorum(Configuration configuration, String property, Optional<String> value) {
    if (value.isEmpty()) {
      return keys.size();
    }
    if (combinator != Combinator.ANY_OF) {
      throw configuration.invalid(
          property, "is for any-of(...): other objects need all their keys");
    }
    return (int)
        Counts.parse(
            value.get(),
            1,
            keys.size(),
            what ->
                configuration.invalid(
                    property, "= %s: %s, the number of its keys".formatted(value.get(), what)));
  }

  /** Returns what it means for an alias. */
  Shape shape(String alias, DataKeyMode dataKeys) {
    return new Shape(dataKeys, combinator, keys.stream().map(named -> named.of(alias)).toList());
  }
}
