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

/** What stops when a backend is lost, or a place where several of them keep keys. */
final class Losses {
  private final AliasPolicy policy;
  private final Plan plan;
  private final Map<KeyAddress, KeyFacts> facts;
  private final int quorum;

  /** What happens to one kind of use; the names of the components are those of the JSON. */
  record Effect(String use, String outcome) {}

  /** What one loss means; the names of the components are those of the JSON. */
  record Loss(String lost, List<Effect> effects) {}

  /**
   * Of an alias.
   *
   * @param quorum for how many keys of an any-of an object is written at least
   */
  Losses(AliasPolicy policy, Plan plan, Map<KeyAddress, KeyFacts> facts, int quorum) {
    this.quorum = quorum;
    this.policy = policy;
    this.plan = plan;
    this.facts = facts;
  }

  /**
   * One for each backend, and for each place that has keys of several backends.
   *
   * @param board where epoch keys are shared, if they are
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
          if (!byBackend.containsValue(keys)) { // else it is as good as that backend
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

  /** Returns the former shapes, whichever way their data keys were protected: both are read. */
  static List<KeySet> former(AliasPolicy policy) {
    Map<String, KeySet> shapes = new LinkedHashMap<>();
    policy.former().forEach(shape -> shapes.putIfAbsent(shape.expression(), shape));
    return List.copyOf(shapes.values());
  }

  /** Empty if they stop; else by which keys they go on. */
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
