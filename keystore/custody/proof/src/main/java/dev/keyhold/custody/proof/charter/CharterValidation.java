package dev.keyhold.custody.proof.charter;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.note.KeyType;
import dev.keyhold.custody.proof.note.VerifierKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What makes a charter contradict itself, however its lines are written. */
final class CharterValidation {
  private final CharterLines lines;
  private final Set<String> persons = new HashSet<>();

  private CharterValidation(CharterLines lines) {
    this.lines = lines;
    lines.persons().forEach(person -> persons.add(person.name()));
  }

  static void validate(CharterLines lines) {
    CharterValidation validation = new CharterValidation(lines);
    validation.version();
    validation.names();
    validation.keys();
    validation.people();
    validation.rules();
  }

  private void version() {
    require(lines.version() >= 1, "a charter's version is 1 or more");
    require(
        (lines.version() == 1) == (lines.previous() == null),
        "every version but 1 has the line 'previous', and version 1 has none");
    require(!lines.logs().isEmpty(), "a charter has a line 'log'");
    require(!lines.persons().isEmpty(), "a charter has a line 'person'");
  }

  private void names() {
    List<String> origins = new ArrayList<>();
    lines.logs().forEach(log -> origins.add(log.origin()));
    lines.witnesses().forEach(witness -> origins.add(witness.name()));
    unique("log or witness", origins);
    unique("trust", lines.trusts().stream().map(t -> t.domain() + " ca " + t.ca()).toList());
    unique("key", lines.keys().stream().map(CharterLines.Key::name).toList());
    unique("key identity", lines.keys().stream().map(CharterLines.Key::identity).toList());
    unique("workload", lines.workloads().stream().map(CharterLines.Workload::name).toList());
    for (CharterLines.Trust trust : lines.trusts()) {
      require(
          trust.domain().matches("(spiffe://|dns:)[a-z0-9][a-z0-9._-]{0,254}"),
          "'trust' has spiffe://<trust domain> or dns:<name>, not " + trust.domain());
    }
    for (CharterLines.Workload workload : lines.workloads()) {
      require(
          workload.identity().value().startsWith("spiffe://")
              || workload.identity().value().startsWith("dns:"),
          "the workload " + workload.name() + " has spiffe://<trust domain>/… or dns:<name>");
    }
  }

  private static void unique(String what, List<String> names) {
    Set<String> seen = new HashSet<>();
    names.forEach(name -> require(seen.add(name), "the " + what + " " + name + " stands twice"));
  }

  /** One public key stands once: with two names, one person would count twice. */
  private void keys() {
    List<VerifierKey> seen = new ArrayList<>();
    List<String> owners = new ArrayList<>();
    for (CharterLines.Log log : lines.logs()) {
      require(
          log.key().type() == KeyType.ED25519 && log.key().name().equals(log.origin()),
          "the log " + log.origin() + " has an Ed25519 key with the origin as its name");
      once(log.key(), "the log " + log.origin(), seen, owners);
    }
    for (CharterLines.Witness witness : lines.witnesses()) {
      require(
          witness.key().type().isCosignature() && witness.key().name().equals(witness.name()),
          "the witness " + witness.name() + " has a cosignature key with its name");
      once(witness.key(), "the witness " + witness.name(), seen, owners);
    }
    for (CharterLines.Person person : lines.persons()) {
      require(
          !person.key().type().isCosignature(),
          "the person " + person.name() + " has an Ed25519 or ECDSA key");
      once(person.key(), "the person " + person.name(), seen, owners);
    }
  }

  private static void once(
      VerifierKey key, String owner, List<VerifierKey> seen, List<String> owners) {
    for (int i = 0; i < seen.size(); i++) {
      require(
          !seen.get(i).sameKey(key)
              && !(seen.get(i).name().equals(key.name()) && seen.get(i).id().equals(key.id())),
          owner + " has the same public key as " + owners.get(i));
    }
    seen.add(key);
    owners.add(owner);
  }

  private void people() {
    for (String owner : lines.owners()) {
      require(persons.contains(owner), "the owner " + owner + " is not a person of the charter");
    }
    require(
        lines.ownersNeeded() >= 1 && lines.ownersNeeded() <= lines.owners().size(),
        "the owners are " + lines.owners().size() + ", and 1 to as many of them decide");
    lines
        .groups()
        .forEach(
            (group, members) ->
                members.forEach(
                    member ->
                        require(
                            persons.contains(member),
                            "the member " + member + " of " + group + " is not a person")));
  }

  private void rules() {
    int last = -1;
    for (Rule rule : lines.rules()) {
      String which = "rule " + rule.number();
      require(rule.number() > last, which + " does not ascend: rules are ordered by number");
      last = rule.number();
      require(
          rule.key().equals("*")
              || lines.keys().stream().anyMatch(key -> key.name().equals(rule.key())),
          which + " names the key " + rule.key() + ", which is not defined");
      for (String workload : rule.workloads()) {
        require(
            workload.equals("*")
                || lines.workloads().stream().anyMatch(w -> w.name().equals(workload)),
            which + " names the workload " + workload + ", which is not defined");
      }
      for (Rule.Need need : rule.needs()) {
        require(
            lines.groups().containsKey(need.group()),
            which + " names the group " + need.group() + ", which is not defined");
      }
      require(
          Places.filled(rule.needs(), lines.groups(), persons),
          which + " needs more people than its groups have");
    }
  }

  private static void require(boolean good, String message) {
    if (!good) {
      throw ProofException.syntax(message);
    }
  }
}
