package dev.keyhold.admin;

import dev.keyhold.object.Combinator;
import dev.keyhold.object.DataKeyMode;
import dev.keyhold.policy.Shape;
import java.util.List;

/**
 * The keys that protect objects of an alias, or protected them formerly. Immutable and thread-safe.
 *
 * @param epochKeys whether the keys wrap epoch keys, from which the keys of objects are derived;
 *     otherwise they wrap a data key for each object
 * @param rule how many of the keys are needed to open an object
 * @param keys at least one, in the order of the configuration; unmodifiable
 */
public record KeySet(boolean epochKeys, Rule rule, List<KeyAddress> keys) {
  /** The number of keys of a set that it takes to open an object. */
  public enum Rule {
    /** There is one key. */
    SINGLE(Combinator.SINGLE),
    /** Each key opens alone. */
    ANY_OF(Combinator.ANY_OF),
    /** All keys are needed. */
    ALL_OF(Combinator.ALL_OF);

    private final Combinator combinator;

    Rule(Combinator combinator) {
      this.combinator = combinator;
    }

    /** Returns the word that the configuration has for it. */
    public String text() {
      return combinator.text();
    }

    static Rule of(Combinator combinator) {
      return switch (combinator) {
        case SINGLE -> SINGLE;
        case ANY_OF -> ANY_OF;
        case ALL_OF -> ALL_OF;
      };
    }
  }

  /** Copies the list. */
  public KeySet {
    keys = List.copyOf(keys);
  }

  static KeySet of(Shape shape) {
    return new KeySet(
        shape.dataKeys() == DataKeyMode.EPOCH,
        Rule.of(shape.combinator()),
        KeyAddress.of(shape.keys()));
  }

  /** Returns the mode as the value of {@code data-keys} in a configuration. */
  public String dataKeys() {
    return dataKeys(epochKeys);
  }

  /**
   * Returns a mode as the value of {@code data-keys} in a configuration.
   *
   * @param epochKeys whether it is the mode with epoch keys
   */
  public static String dataKeys(boolean epochKeys) {
    return (epochKeys ? DataKeyMode.EPOCH : DataKeyMode.PER_OBJECT).text();
  }

  /** Returns the keys as in a configuration, such as {@code any-of(aws:orders, hsm:orders)}. */
  public String expression() {
    List<String> names = keys.stream().map(KeyAddress::toString).toList();
    return rule == Rule.SINGLE ? names.get(0) : rule.text() + "(" + String.join(", ", names) + ")";
  }
}
