package dev.keyhold.cli.explain;

import dev.keyhold.admin.AliasPolicy;
import dev.keyhold.admin.KeyAddress;
import dev.keyhold.admin.KeySet;
import dev.keyhold.admin.KeySet.Rule;
import dev.keyhold.cli.command.Numbers;
import dev.keyhold.cli.cost.KeyFacts;
import dev.keyhold.cli.cost.Plan;
import dev.keyhold.keystore.Residence;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The effects of losing a backend, or a place in which several backends keep keys, on writes and
 * reads of an alias. Computed from the configuration; asks no backend. Used by one thread.
 */
final class Losses {
  private final AliasPolicy policy;
  private final Plan plan;
  private final Map<KeyAddress, KeyFacts> facts;
  private final int quorum;

  /**
   * The effect on one kind of use; the names of the components are those of the JSON.
   *
   * @param use what is done, such as {@code writes}
   * @param outcome whether it goes on, and for how long or by which keys
   */
  record Effect(String use, String outcome) {}

  /**
   * One loss; the names of the components are those of the JSON.
   *
   * @param lost the backend or place
   * @param effects one for each kind of use
   */
  record Loss(String lost, List<Effect> effects) {}

  /**
   * Creates the losses of an alias.
   *
   * @param facts what is known of each key of the alias
   * @param quorum the least number of keys of an any-of for which an object is written
   */
  Losses(AliasPolicy policy, Plan plan, Map<KeyAddress, KeyFacts> facts, int quorum) {
    this.quorum = quorum;
    this.policy = policy;
    this.plan = plan;
    this.facts = facts;
  }

  /**
   * Returns a loss for each backend, for each place with keys of several backends, and for the
   * board.
   *
   * @param board where epoch keys are shared; empty if they are not
   */
  List<Loss> all(Optional<String> board) {
    Map<String, Set<KeyAddress>> byBackend = new LinkedHashMap<>();
    Map<Residence, Set<KeyAddress>> byResidence = new LinkedHashMap<>();
    for (KeyFacts key : facts.values()) {
      byBackend.computeIfAbsent(key.ref().backend(), name -> new LinkedHashSet<>()).add(key.ref());
      key.residence()
          .ifPresent(
              place ->
                  byResidence.computeIfAbsent(place, name -> new LinkedHashSet<>()).add(key.ref()));
    }
    List<Loss> losses = new ArrayList<>();
    byBackend.forEach((name, keys) -> losses.add(loss(label(name, keys), keys)));
    byResidence.forEach(
        (place, keys) -> {
          if (!byBackend.containsValue(keys)) { // else it is equivalent to that backend
            losses.add(loss(place.toString(), keys));
          }
        });
    if (board.isPresent() && plan.hasEpochs()) {
      String goesOn = "go on, each process with epoch keys of its own";
      losses.add(
          new Loss(
              "the board (" + board.get() + ")",
              List.of(new Effect("writes", goesOn), new Effect("reads", "go on"))));
    }
    return losses;
  }

  private String label(String backend, Set<KeyAddress> keys) {
    Set<String> places = new LinkedHashSet<>();
    keys.forEach(key -> facts.get(key).residence().ifPresent(p -> places.add(p.toString())));
    return "backend " + backend + (places.isEmpty() ? "" : " (" + String.join(", ", places) + ")");
  }

  private Loss loss(String what, Set<KeyAddress> lost) {
    KeySet shape = policy.protectWith();
    boolean wraps = facts.get(shape.keys().get(0)).directUse().isEmpty();
    if (!wraps) {
      return new Loss(
          what,
          List.of(
              new Effect("uses of the key", lost.containsAll(shape.keys()) ? "stop" : "go on")));
    }
    List<Effect> effects = new ArrayList<>();
    effects.add(new Effect("writes", outcome(writes(shape, lost), plan.hasEpochs())));
    effects.add(new Effect("reads of new objects", outcome(reads(shape, lost), plan.hasEpochs())));
    for (KeySet former : former(policy)) {
      Optional<String> goesOn = reads(former, lost);
      effects.add(
          new Effect(
              "reads of objects of " + former.expression(),
              goesOn
                  .map(by -> "go on" + by)
                  .orElse(
                      "stop; those under an epoch key at hand after %s at most"
                          .formatted(Numbers.duration(plan.bounds().maxStale())))));
    }
    return new Loss(what, effects);
  }

  /** Returns the former sets of keys, one for each expression: objects of both modes are read. */
  static List<KeySet> former(AliasPolicy policy) {
    Map<String, KeySet> shapes = new LinkedHashMap<>();
    policy.former().forEach(shape -> shapes.putIfAbsent(shape.expression(), shape));
    return List.copyOf(shapes.values());
  }

  /**
   * Returns the number of keys with which writes continue, as text that is empty if all do; an
   * empty Optional if writes stop.
   */
  private Optional<String> writes(KeySet shape, Set<KeyAddress> lost) {
    long left = shape.keys().stream().filter(key -> !lost.contains(key)).count();
    if (left == shape.keys().size()) {
      return Optional.of("");
    }
    return shape.rule() == Rule.ANY_OF && left > 0 && left >= quorum
        ? Optional.of(" for %s of %s keys".formatted(left, shape.keys().size()))
        : Optional.empty();
  }

  private static Optional<String> reads(KeySet shape, Set<KeyAddress> lost) {
    Set<KeyAddress> left = new HashSet<>(shape.keys());
    left.removeAll(lost);
    if (left.size() == shape.keys().size()) {
      return Optional.of("");
    }
    if (shape.rule() != Rule.ANY_OF || left.isEmpty()) {
      return Optional.empty();
    }
    List<String> names =
        shape.keys().stream().filter(left::contains).map(KeyAddress::toString).toList();
    return Optional.of(" by " + String.join(", ", names));
  }

  private String outcome(Optional<String> goesOn, boolean epochs) {
    if (goesOn.isPresent()) {
      return "go on" + goesOn.get();
    }
    return epochs
        ? "go on for %s at most, with the epoch keys at hand; then stop"
            .formatted(Numbers.duration(plan.bounds().maxStale()))
        : "stop";
  }
}
