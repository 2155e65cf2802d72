package dev.keyhold.custody.proof.charter;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What differs between two versions of a charter. */
public final class CharterDiff {
  private CharterDiff() {}

  /**
   * Returns the lines that only one of them has, in their order: {@code - } before those of the
   * first, {@code + } before those of the second, {@code > } before those that moved.
   */
  public static List<String> lines(Charter from, Charter to) {
    List<String> before = List.of(from.text().split("\n"));
    List<String> after = List.of(to.text().split("\n"));
    Set<String> kept = new LinkedHashSet<>(before);
    kept.retainAll(new LinkedHashSet<>(after));
    List<String> diff = new ArrayList<>();
    int j = 0;
    for (String line : before) {
      if (!kept.contains(line)) {
        diff.add("- " + line);
        continue;
      }
      int there = after.subList(j, after.size()).indexOf(line);
      if (there >= 0) {
        added(after.subList(j, j + there), kept, diff);
        j += there + 1;
      } else {
        diff.add("> " + line);
      }
    }
    added(after.subList(j, after.size()), kept, diff);
    return diff;
  }

  private static void added(List<String> lines, Set<String> kept, List<String> diff) {
    for (String line : lines) {
      if (!kept.contains(line)) {
        diff.add("+ " + line);
      }
    }
  }

  /**
   * Returns how a recorded use would be judged under another version, whatever grants there are, or
   * null if in the same way.
   *
   * @param use what was asked
   * @param from the version under which it was allowed
   * @param to the other version
   */
  public static String otherwise(UseFacts use, Charter from, Charter to) {
    String before = verdict(use, from);
    String after = verdict(use, to);
    return before.equals(after) ? null : before + " -> " + after;
  }

  private static String verdict(UseFacts use, Charter charter) {
    String workload = charter.workloadOf(use.identity());
    if (workload == null) {
      return "denied: no workload";
    }
    Rule rule = charter.firstMatch(use, workload);
    if (rule == null) {
      return "denied: no rule";
    }
    String people = rule.needsPeople() ? "needs " + rule.people() + " people" : "allowed";
    return "rule "
        + rule.number()
        + ": "
        + people
        + (rule.hold() == null ? "" : ", hold " + rule.hold());
  }
}
