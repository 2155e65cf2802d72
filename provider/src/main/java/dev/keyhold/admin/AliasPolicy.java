package dev.keyhold.admin;

import dev.keyhold.policy.EpochBounds;
import dev.keyhold.policy.Policy;
import dev.keyhold.policy.Tenancy;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The configuration of an alias.
 *
 * @param alias as the application names it
 * @param binding what its objects are bound to
 * @param protectWith how new objects are protected
 * @param writeQuorum for how many of the keys of an any-of a new object is written at least
 * @param former further sets of keys whose objects may still be decrypted
 * @param epochs how long epoch keys serve
 * @param tenantRequired whether its objects belong to tenants
 * @param purposeRequired whether its uses declare a purpose
 */
public record AliasPolicy(
    String alias,
    String binding,
    KeySet protectWith,
    int writeQuorum,
    List<KeySet> former,
    Epochs epochs,
    boolean tenantRequired,
    boolean purposeRequired) {
  /**
   * The limits of the use of an epoch key.
   *
   * @param maxAge how long new objects use it
   * @param maxStale how long they do while the backend is unreachable
   * @param maxObjects how many objects use it in one process
   */
  public record Epochs(Duration maxAge, Duration maxStale, long maxObjects) {
    private static Epochs of(EpochBounds bounds) {
      return new Epochs(bounds.maxAge(), bounds.maxStale(), bounds.maxObjects());
    }

    /**
     * Returns the value of an option such as {@code max-age}.
     *
     * @param invalid makes the error of what a text must be
     */
    public static <X extends Exception> Duration age(String text, Function<String, X> invalid)
        throws X {
      return EpochBounds.age(text, invalid);
    }
  }

  /** Copies the list. */
  public AliasPolicy {
    former = List.copyOf(former);
  }

  static AliasPolicy of(Policy policy) {
    return new AliasPolicy(
        policy.alias(),
        policy.binding(),
        KeySet.of(policy.protectWith()),
        policy.writeQuorum(),
        policy.former().stream().map(KeySet::of).toList(),
        Epochs.of(policy.epochs()),
        policy.tenancy() == Tenancy.REQUIRED,
        policy.declaration().required());
  }

  /** Returns all sets of keys that may open objects, the present one first. */
  public List<KeySet> opensWith() {
    Set<KeySet> sets = new LinkedHashSet<>();
    sets.add(protectWith);
    sets.addAll(former);
    return List.copyOf(sets);
  }

  /** Returns the one key of the alias; empty if it has several. */
  public Optional<KeyAddress> soleKey() {
    return protectWith.rule() == KeySet.Rule.SINGLE
        ? Optional.of(protectWith.keys().get(0))
        : Optional.empty();
  }
}
