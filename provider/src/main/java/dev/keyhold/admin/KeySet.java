package dev.keyhold.admin;

import dev.keyhold.object.Combinator;
import dev.keyhold.object.DataKeyMode;
import dev.keyhold.policy.Shape;
import java.util.List;

/**
 * The keys that objects of an alias are, or were, protected with.
 *
 * @param epochKeys whether epoch keys protect the data keys, and these keys the epoch keys
 * @param rule how many of the keys open an object
 * @param keys at least one
 */
public record KeySet(boolean epochKeys, Rule rule, List<KeyAddress> keys) {
  /** How many keys of a set open an object. */
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

  /** Returns what protects data keys as {@code data-keys} of a configuration says it. */
  public String dataKeys() {
    return dataKeys(epochKeys);
  }

  /** Returns the value of {@code data-keys} in a configuration. */
  public static String dataKeys(boolean epochKeys) {
    return (epochKeys ? DataKeyMode.EPOCH : DataKeyMode.PER_OBJECT).text();
  }

  /** Returns the keys as a configuration writes them. */
  public String expression() {
    List<String> names = keys.stream().map(KeyAddress::toString).toList();
    return rule == Rule.SINGLE ? names.get(0) : rule.text() + "(" + String.join(", ", names) + ")";
  }
}
