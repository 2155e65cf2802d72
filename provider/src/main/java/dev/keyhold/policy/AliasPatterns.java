package dev.keyhold.policy;

import java.util.ArrayList;
import java.util.List;

/** A choice of aliases: each an alias, or its beginning and a star. Immutable. */
public final class AliasPatterns {
  /** Every alias. */
  public static final AliasPatterns ALL = new AliasPatterns(List.of("*"));

  private final List<String> patterns;

  private AliasPatterns(List<String> patterns) {
    this.patterns = List.copyOf(patterns);
  }

  /**
   * Reads patterns.
   *
   * @throws IllegalArgumentException if one is empty, or has a star before its end
   */
  public static AliasPatterns of(List<String> texts) {
    List<String> patterns = new ArrayList<>();
    for (String text : texts) {
      String pattern = text.strip();
      int star = pattern.indexOf('*');
      if (pattern.isEmpty() || (star >= 0 && star != pattern.length() - 1)) {
        throw new IllegalArgumentException(
            "lists aliases, separated by commas, each an alias or its beginning and one star; '%s' is neither"
                .formatted(pattern));
      }
      patterns.add(pattern);
    }
    if (patterns.isEmpty()) {
      throw new IllegalArgumentException("lists no alias");
    }
    return new AliasPatterns(patterns);
  }

  /** Returns whether an alias is chosen. */
  public boolean match(String alias) {
    return patterns.stream()
        .anyMatch(
            pattern ->
                pattern.endsWith("*")
                    ? alias.startsWith(pattern.substring(0, pattern.length() - 1))
                    : alias.equals(pattern));
  }

  /** Returns those that are one alias each. */
  public List<String> exact() {
    return patterns.stream().filter(pattern -> !pattern.endsWith("*")).toList();
  }

  @Override
  public String toString() {
    return String.join(", ", patterns);
  }
}
