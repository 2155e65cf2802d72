package dev.keyhold.custody.proof.charter;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * What people should know of a charter before they sign it: how many people protect each key, and
 * what is allowed but may not be meant. Whatever is an error is refused when a charter is read.
 * Immutable.
 *
 * @param thresholds for each key and workload that may open it
 * @param warnings one sentence each
 */
public record CharterCheck(List<Threshold> thresholds, List<String> warnings) {
  /** Checks a charter. */
  public static CharterCheck of(Charter charter) {
    List<String> warnings = new ArrayList<>();
    owners(charter, warnings);
    groups(charter, warnings);
    logs(charter, warnings);
    workloads(charter, warnings);
    rules(charter, warnings);
    return new CharterCheck(Threshold.of(charter), List.copyOf(warnings));
  }

  private static void owners(Charter charter, List<String> warnings) {
    CharterLines lines = charter.lines();
    if (lines.ownersNeeded() == lines.owners().size()) {
      warnings.add(
          "all "
              + lines.owners().size()
              + " owners must sign the next version: one lost key, and"
              + " the charter can never be changed");
    }
    if (lines.ownersNeeded() == 1) {
      warnings.add("one owner alone changes the charter");
    }
  }

  private static void groups(Charter charter, List<String> warnings) {
    CharterLines lines = charter.lines();
    for (Rule rule : lines.rules()) {
      for (Rule.Need need : rule.needs()) {
        int members = lines.groups().get(need.group()).size();
        if (members < need.number() + 1) {
          warnings.add(
              "rule "
                  + rule.number()
                  + " needs "
                  + need.number()
                  + " of "
                  + need.group()
                  + ", which has "
                  + members
                  + ": nobody can be absent");
        }
        for (String owner : new TreeSet<>(lines.owners())) {
          if (lines.groups().get(need.group()).contains(owner)) {
            warnings.add(
                "the owner "
                    + owner
                    + " also approves by rule "
                    + rule.number()
                    + ", as a member of "
                    + need.group());
          }
        }
      }
    }
    int freezers = lines.groups().getOrDefault(Charter.FREEZERS, List.of()).size();
    if (freezers < 2) {
      warnings.add(
          "the group "
              + Charter.FREEZERS
              + " has "
              + freezers
              + " members: "
              + (freezers == 0 ? "only owners freeze" : "one alone can't lift a freeze"));
    }
  }

  private static void logs(Charter charter, List<String> warnings) {
    if (charter.lines().logs().size() == 1) {
      warnings.add("there is no spare log: a lost disk stops all uses until the owners sign one");
    }
    if (charter.lines().witnesses().isEmpty()) {
      warnings.add(
          "there is no witness: without a mirror, a log that is rolled back is not noticed");
    }
    if (charter.lines().trusts().isEmpty()) {
      warnings.add("no line 'trust': no certificate is accepted");
    }
  }

  private static void workloads(Charter charter, List<String> warnings) {
    List<CharterLines.Workload> workloads = charter.lines().workloads();
    for (int i = 0; i < workloads.size(); i++) {
      for (int j = 0; j < workloads.size(); j++) {
        if (i != j && workloads.get(i).identity().covers(workloads.get(j).identity())) {
          warnings.add(
              "the identity of the workload "
                  + workloads.get(i).name()
                  + " also matches that of "
                  + workloads.get(j).name()
                  + "; the line that stands first counts");
        }
      }
    }
  }

  private static void rules(Charter charter, List<String> warnings) {
    List<Rule> rules = charter.lines().rules();
    for (int i = 0; i < rules.size(); i++) {
      Rule rule = rules.get(i);
      if (rule.key().equals("*") || rule.workloads().contains("*")) {
        warnings.add("rule " + rule.number() + " is for every key or every workload");
      }
      if (rule.needsPeople()
          && rule.operations().contains(Operation.UNWRAP)
          && rule.maxEpochs() != null
          && rule.maxEpochs() > 0) {
        warnings.add(
            "rule " + rule.number() + " allows epoch keys: each opens all objects under it");
      }
      for (Rule before : rules.subList(0, i)) {
        if (hides(before, rule)) {
          warnings.add(
              "rule "
                  + rule.number()
                  + " is never reached: rule "
                  + before.number()
                  + " matches all of it");
          break;
        }
      }
    }
  }

  private static boolean hides(Rule before, Rule rule) {
    return before.operations().containsAll(rule.operations())
        && (before.key().equals("*") || before.key().equals(rule.key()))
        && (before.workloads().contains("*") || before.workloads().containsAll(rule.workloads()))
        && before.clauses().cover(rule.clauses());
  }
}
