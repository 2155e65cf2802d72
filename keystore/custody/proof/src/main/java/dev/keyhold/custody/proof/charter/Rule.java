package dev.keyhold.custody.proof.charter;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.text.Term;
import dev.keyhold.custody.proof.text.Tokens;
import dev.keyhold.custody.proof.text.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A rule of a charter (docs/AUDIT.md, section 3.2). Immutable.
 *
 * @param number its place in the order
 * @param operationList the list of operations as it is written
 * @param operations the operations
 * @param key the name of the key, or {@code *}
 * @param workloads the names of the workloads; {@code *} alone for all
 * @param clauses what narrows it
 * @param needs which people must have agreed; empty for none
 * @param maxTime how long a grant may be; null without needs
 * @param maxObjects how many objects a grant may have, at all logs together
 * @param maxEpochs how many epoch keys a grant may have; null if it has no such clause
 * @param hold how long a workload may keep what it got; null for as long as it likes
 * @param review after which time a use must have been reviewed; null for never
 */
public record Rule(
    int number,
    String operationList,
    Set<Operation> operations,
    String key,
    List<String> workloads,
    Clauses clauses,
    List<Need> needs,
    Term maxTime,
    int maxObjects,
    Integer maxEpochs,
    Term hold,
    Term review) {
  /** The most objects that a grant may have. */
  public static final int MAX_OBJECTS = 100_000;

  private static final String OBJECTS = "-objects";
  private static final String EPOCHS = "-epochs";

  /**
   * A number of people of a group.
   *
   * @param number how many
   * @param group of which group
   */
  public record Need(int number, String group) {}

  static Rule read(Tokens tokens) {
    int number = tokens.next(Values::smallNumber);
    String list = tokens.next(token -> token);
    Set<Operation> operations = list.equals("*") ? Operation.all() : Operation.list(list);
    String key = tokens.next(Rule::nameOrStar);
    tokens.expect("by");
    List<String> workloads =
        List.of(tokens.next(token -> token).split(",", -1)).stream().map(Rule::nameOrStar).toList();
    Clauses clauses = Clauses.read(tokens);
    List<Need> needs = new ArrayList<>();
    if (tokens.skip("needs")) {
      do {
        needs.add(new Need(tokens.next(Values::smallNumber), tokens.next(Values::name)));
      } while (tokens.hasNext() && !tokens.skip("max"));
    } else {
      Term hold = tokens.clause("hold", Term::parse);
      tokens.end();
      return checked(
          new Rule(
              number, list, operations, key, workloads, clauses, needs, null, 0, null, hold, null),
          tokens);
    }
    Term maxTime = tokens.next(Term::parse);
    int maxObjects = tokens.next(token -> amount(token, OBJECTS));
    Term review = tokens.clause("review", Term::parse);
    Integer maxEpochs = null;
    if (review == null && tokens.hasNext()) {
      maxEpochs = tokens.next(token -> amount(token, EPOCHS));
      review = tokens.clause("review", Term::parse);
    }
    tokens.end();
    return checked(
        new Rule(
            number,
            list,
            operations,
            key,
            workloads,
            clauses,
            List.copyOf(needs),
            maxTime,
            maxObjects,
            maxEpochs,
            null,
            review),
        tokens);
  }

  private static Rule checked(Rule rule, Tokens tokens) {
    if ((rule.workloads.size() > 1 && rule.workloads.contains("*"))
        || Set.copyOf(rule.workloads).size() != rule.workloads.size()) {
      throw tokens.error("'by' has '*' alone, or names that differ");
    }
    if (rule.maxObjects > MAX_OBJECTS) {
      throw tokens.error("a rule allows at most " + MAX_OBJECTS + " objects");
    }
    if (rule.needs.stream().map(Need::group).distinct().count() != rule.needs.size()
        || rule.needs.stream().anyMatch(need -> need.number < 1)) {
      throw tokens.error("'needs' has each group once, with a number of 1 or more");
    }
    if (!rule.needs.isEmpty() && rule.maxTime.duration().isZero()) {
      throw tokens.error("'max' has a duration of more than 0s");
    }
    return rule;
  }

  private static String nameOrStar(String token) {
    return token.equals("*") ? token : Values.name(token);
  }

  private static int amount(String token, String unit) {
    if (!token.endsWith(unit)) {
      throw ProofException.syntax(
          "'max' has a duration, <number>-objects and perhaps <number>-epochs, not " + token);
    }
    return Values.smallNumber(token.substring(0, token.length() - unit.length()));
  }

  /** Returns whether people must have agreed. */
  public boolean needsPeople() {
    return !needs.isEmpty();
  }

  /** Returns how many people must have agreed. */
  public int people() {
    return needs.stream().mapToInt(Need::number).sum();
  }

  /** Returns whether the rule names this workload. */
  public boolean isFor(String workload) {
    return workloads.contains("*") || workloads.contains(workload);
  }

  /** Returns whether the rule names this key; null for a key that the charter does not name. */
  public boolean isAbout(String keyName) {
    return key.equals("*") || key.equals(keyName);
  }

  boolean names(UseFacts use, String workload, String keyName) {
    return operations.contains(use.operation()) && isFor(workload) && isAbout(keyName);
  }

  /** Returns whether a grant may be this large under the rule. */
  public boolean allows(long objects, long epochs) {
    return objects <= maxObjects && epochs <= (maxEpochs == null ? 0 : maxEpochs);
  }

  /** Returns the line as it stands in the charter. */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder("rule ").append(number);
    line.append(' ').append(operationList).append(' ').append(key);
    line.append(" by ").append(String.join(",", workloads)).append(clauses);
    if (needsPeople()) {
      line.append(" needs");
      needs.forEach(need -> line.append(' ').append(need.number).append(' ').append(need.group));
      line.append(" max ").append(maxTime).append(' ').append(maxObjects).append(OBJECTS);
      if (maxEpochs != null) {
        line.append(' ').append(maxEpochs).append(EPOCHS);
      }
    }
    if (hold != null) {
      line.append(" hold ").append(hold);
    }
    if (review != null) {
      line.append(" review ").append(review);
    }
    return line.toString();
  }
}
