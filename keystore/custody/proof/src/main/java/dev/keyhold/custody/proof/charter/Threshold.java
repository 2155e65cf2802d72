package dev.keyhold.custody.proof.charter;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The least number of people by which a workload opens a key: a purpose and a ticket are claims, so
 * the weakest rule that the workload can reach is what protects the key.
 *
 * @param workload the name of the workload
 * @param key the name of the key, or {@code *} for keys that the charter does not name
 * @param rule the weakest rule that lets it open the key
 */
public record Threshold(String workload, String key, Rule rule) {
  /** Returns how many people must have agreed, beside the one who asks. */
  public int people() {
    return rule.people();
  }

  static List<Threshold> of(Charter charter) {
    List<String> keys = new ArrayList<>();
    charter.lines().keys().forEach(key -> keys.add(key.name()));
    keys.add("*");
    List<Threshold> thresholds = new ArrayList<>();
    for (String key : keys) {
      for (CharterLines.Workload workload : charter.lines().workloads()) {
        weakest(charter, workload.name(), key).ifPresent(thresholds::add);
      }
    }
    return thresholds;
  }

  private static Optional<Threshold> weakest(Charter charter, String workload, String key) {
    List<Rule> reachable = new ArrayList<>();
    for (Operation operation : Operation.values()) {
      if (operation.opens()) {
        reachable.addAll(reachable(charter, workload, key, operation));
      }
    }
    return reachable.stream()
        .min(Comparator.comparingInt(Rule::people).thenComparingInt(Rule::number))
        .map(rule -> new Threshold(workload, key, rule));
  }

  /** Returns the rules for the operation that no earlier rule hides altogether. */
  private static List<Rule> reachable(
      Charter charter, String workload, String key, Operation operation) {
    List<Rule> reachable = new ArrayList<>();
    for (Rule rule : charter.lines().rules()) {
      if (rule.operations().contains(operation)
          && rule.isFor(workload)
          && (key.equals("*") ? rule.key().equals("*") : rule.isAbout(key))
          && reachable.stream().noneMatch(before -> before.clauses().cover(rule.clauses()))) {
        reachable.add(rule);
      }
    }
    return reachable;
  }

  /** Returns the line that {@code charter check} prints. */
  @Override
  public String toString() {
    String who = workload + " opens " + (key.equals("*") ? "keys without a name here" : key);
    String by = " by rule " + rule.number();
    if (!rule.needsPeople()) {
      return who + by + ": nobody is asked";
    }
    List<String> groups =
        rule.needs().stream().map(need -> need.number() + " of " + need.group()).toList();
    return who
        + by
        + ": "
        + people()
        + (people() == 1 ? " person (" : " people (")
        + String.join(", ", groups)
        + "), and another one who asks";
  }
}
