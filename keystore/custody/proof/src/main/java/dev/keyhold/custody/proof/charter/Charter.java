package dev.keyhold.custody.proof.charter;

import dev.keyhold.custody.proof.note.Note;
import dev.keyhold.custody.proof.note.VerifierKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A version of a charter: who may use which key for what, and who may decide so (docs/AUDIT.md,
 * section 3). Immutable and thread-safe.
 */
public final class Charter {
  /** The first line of a charter. */
  public static final String KIND = "keyhold.dev/charter@v1";

  /** The group whose members may freeze. */
  public static final String FREEZERS = "freezer";

  private final CharterLines lines;
  private final String text;
  private final String id;
  private final Map<String, String> keyNames = new HashMap<>();
  private final Map<VerifierKey, String> persons = new HashMap<>();

  Charter(CharterLines lines) {
    this.lines = lines;
    this.text = lines.toString();
    this.id = Note.idOf(text);
    lines.keys().forEach(key -> keyNames.put(key.identity(), key.name()));
    lines.persons().forEach(person -> persons.put(person.key(), person.name()));
  }

  /**
   * Reads the text of a charter.
   *
   * @throws dev.keyhold.custody.proof.ProofException if it is malformed or contradicts itself; the
   *     message names the line or the name
   */
  public static Charter parse(String text) {
    CharterLines lines = CharterLines.read(text);
    CharterValidation.validate(lines);
    return new Charter(lines);
  }

  /**
   * Reads a charter as people write it: with comments, empty lines and blanks in a row.
   *
   * @throws dev.keyhold.custody.proof.ProofException as {@link #parse}
   */
  public static Charter parseDraft(String draft) {
    StringBuilder text = new StringBuilder();
    for (String line : draft.split("\r?\n", -1)) {
      int comment = line.indexOf('#');
      String kept = (comment < 0 ? line : line.substring(0, comment)).strip();
      if (!kept.isEmpty()) {
        text.append(String.join(" ", kept.split("[ \t]+"))).append('\n');
      }
    }
    return parse(text.toString());
  }

  /** Returns the lines of the charter. */
  public CharterLines lines() {
    return lines;
  }

  /** Returns the text that is signed. */
  public String text() {
    return text;
  }

  /** Returns the id: {@code sha256:} and the hash of the text. */
  public String id() {
    return id;
  }

  /** Returns the name of the charter. */
  public String name() {
    return lines.name();
  }

  /** Returns the number of this version. */
  public int version() {
    return lines.version();
  }

  /** Returns the name of the workload with this identity, or null. */
  public String workloadOf(String identity) {
    for (CharterLines.Workload workload : lines.workloads()) {
      if (workload.identity().matches(identity)) {
        return workload.name();
      }
    }
    return null;
  }

  /** Returns the name of the key with this identity, or null. */
  public String keyNameOf(String identity) {
    return keyNames.get(identity);
  }

  /** Returns whether a key has this name. */
  public boolean hasKey(String name) {
    return keyNames.containsValue(name);
  }

  /** Returns whether a workload has this name. */
  public boolean hasWorkload(String name) {
    return lines.workloads().stream().anyMatch(workload -> workload.name().equals(name));
  }

  /** Returns the verifier key of a log, or null if the charter does not list it. */
  public VerifierKey logKey(String origin) {
    return lines.logs().stream()
        .filter(log -> log.origin().equals(origin))
        .map(CharterLines.Log::key)
        .findFirst()
        .orElse(null);
  }

  /** Returns the rule with this number, or null. */
  public Rule rule(int number) {
    return lines.rules().stream().filter(rule -> rule.number() == number).findFirst().orElse(null);
  }

  /** Returns the first rule that matches a use by this workload, or null. */
  public Rule firstMatch(UseFacts use, String workload) {
    String keyName = keyNameOf(use.key());
    for (Rule rule : lines.rules()) {
      if (rule.names(use, workload, keyName) && rule.clauses().match(use)) {
        return rule;
      }
    }
    return null;
  }

  /** Returns whether the rule matches a use by this workload. */
  public boolean matches(Rule rule, UseFacts use, String workload) {
    return rule.names(use, workload, keyNameOf(use.key())) && rule.clauses().match(use);
  }

  /** Returns whether any rule names the workload for the key: it may read what the key is. */
  public boolean maySee(String workload, String keyIdentity) {
    String keyName = keyNameOf(keyIdentity);
    return lines.rules().stream().anyMatch(rule -> rule.isFor(workload) && rule.isAbout(keyName));
  }

  /** Returns why no rule matches a use, naming the clause that each rule lacks, for a denial. */
  public String whyNone(UseFacts use, String workload) {
    String keyName = keyNameOf(use.key());
    List<String> reasons = new ArrayList<>();
    for (Rule rule : lines.rules()) {
      if (rule.names(use, workload, keyName)) {
        reasons.add("rule " + rule.number() + ": " + rule.clauses().mismatch(use));
      }
    }
    String what = use.operation() + " with the key " + (keyName == null ? use.key() : keyName);
    return reasons.isEmpty()
        ? "no rule of the charter lets " + workload + " do " + what
        : "no rule matches " + what + " (" + String.join("; ", reasons) + ")";
  }

  /** Returns the keys of all persons. */
  public Set<VerifierKey> personKeys() {
    return persons.keySet();
  }

  /** Returns the persons to whom these keys belong; keys that are not listed belong to nobody. */
  public Set<String> personsOf(Collection<VerifierKey> signers) {
    Set<String> found = new HashSet<>();
    for (VerifierKey key : signers) {
      persons.forEach(
          (listed, person) -> {
            if (listed.sameKey(key)) {
              found.add(person);
            }
          });
    }
    return found;
  }

  /** Returns whether the people fill the places of the rule, each place by another person. */
  public boolean fills(Rule rule, Collection<String> people) {
    return Places.filled(rule.needs(), lines.groups(), people);
  }

  /** Returns whether the people are as many owners as the charter asks for. */
  public boolean ownersAgree(Collection<String> people) {
    return lines.owners().stream().filter(people::contains).count() >= lines.ownersNeeded();
  }

  /** Returns how many of the people are in the group. */
  public long countIn(String group, Collection<String> people) {
    return lines.groups().getOrDefault(group, List.of()).stream().filter(people::contains).count();
  }

  @Override
  public String toString() {
    return name() + " " + version();
  }
}
