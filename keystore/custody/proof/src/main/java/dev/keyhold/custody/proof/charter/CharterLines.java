package dev.keyhold.custody.proof.charter;

import dev.keyhold.custody.proof.note.VerifierKey;
import dev.keyhold.custody.proof.text.Glob;
import dev.keyhold.custody.proof.text.Percent;
import dev.keyhold.custody.proof.text.TextReader;
import dev.keyhold.custody.proof.text.TextWriter;
import dev.keyhold.custody.proof.text.Tokens;
import dev.keyhold.custody.proof.text.Values;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The lines of a charter in their order (docs/AUDIT.md, section 3.1). Immutable.
 *
 * @param name of the charter
 * @param version from 1
 * @param previous the id of the version before; null in version 1
 * @param ownersNeeded how many owners sign the next version
 * @param owners the owners
 * @param logs the logs of the custodians, spare ones too
 * @param witnesses the witnesses
 * @param persons the keys of persons; a person may have several
 * @param groups the groups and their members
 * @param trusts the certificate authorities
 * @param keys the keys
 * @param workloads the workloads
 * @param rules the rules, by number
 */
public record CharterLines(
    String name,
    int version,
    String previous,
    int ownersNeeded,
    List<String> owners,
    List<Log> logs,
    List<Witness> witnesses,
    List<Person> persons,
    Map<String, List<String>> groups,
    List<Trust> trusts,
    List<Key> keys,
    List<Workload> workloads,
    List<Rule> rules) {

  /** A log and its key. */
  public record Log(String origin, VerifierKey key) {}

  /** A witness, its key, and whether uses stop without it. */
  public record Witness(String name, VerifierKey key, boolean required) {}

  /** A key of a person. */
  public record Person(String name, VerifierKey key) {}

  /** Which CA, by the hash of its public key, may certify the names of a domain. */
  public record Trust(String domain, String ca) {}

  /** A key's name in the charter and its identity at the backend. */
  public record Key(String name, String identity) {}

  /** A workload's name in the charter and the identities of its certificates. */
  public record Workload(String name, Glob identity) {}

  static CharterLines read(String text) {
    TextReader reader = new TextReader(text, Charter.KIND);
    String name = reader.one("name", Values::name);
    int version = reader.one("version", Values::smallNumber);
    String previous = reader.optional("previous", Values::hash);
    Tokens owners = reader.line("owners");
    int needed = owners.next(Values::smallNumber);
    owners.expect("of");
    List<String> ownerNames = names(owners);
    List<Log> logs =
        each(reader, "log", t -> new Log(t.next(Values::origin), t.next(VerifierKey::parse)));
    List<Witness> witnesses =
        each(
            reader,
            "witness",
            t ->
                new Witness(
                    t.next(Values::origin), t.next(VerifierKey::parse), t.skip("required")));
    List<Person> persons =
        each(reader, "person", t -> new Person(t.next(Values::name), t.next(VerifierKey::parse)));
    Map<String, List<String>> groups = new LinkedHashMap<>();
    while (reader.at("group")) {
      Tokens tokens = reader.line("group");
      if (groups.put(tokens.next(Values::name), names(tokens)) != null) {
        throw tokens.error("the group stands twice");
      }
    }
    List<Trust> trusts =
        each(
            reader,
            "trust",
            t -> {
              String domain = t.next(Percent::decode);
              t.expect("ca");
              return new Trust(domain, t.next(Values::hash));
            });
    List<Key> keys =
        each(reader, "key", t -> new Key(t.next(Values::name), t.next(Percent::decode)));
    List<Workload> workloads =
        each(reader, "workload", t -> new Workload(t.next(Values::name), t.next(Glob::parse)));
    List<Rule> rules = each(reader, "rule", Rule::read);
    reader.end();
    return new CharterLines(
        name,
        version,
        previous,
        needed,
        ownerNames,
        logs,
        witnesses,
        persons,
        Collections.unmodifiableMap(groups),
        trusts,
        keys,
        workloads,
        rules);
  }

  private static List<String> names(Tokens tokens) {
    List<String> names = new ArrayList<>();
    while (tokens.hasNext()) {
      String name = tokens.next(Values::name);
      if (names.contains(name)) {
        throw tokens.error("the name " + name + " stands twice");
      }
      names.add(name);
    }
    if (names.isEmpty()) {
      throw tokens.error("a name is missing");
    }
    return List.copyOf(names);
  }

  private static <T> List<T> each(TextReader reader, String word, Function<Tokens, T> type) {
    List<T> all = new ArrayList<>();
    while (reader.at(word)) {
      Tokens tokens = reader.line(word);
      all.add(type.apply(tokens));
      tokens.end();
    }
    return List.copyOf(all);
  }

  /** Returns the text. */
  @Override
  public String toString() {
    TextWriter text = new TextWriter(Charter.KIND).line("name", name).line("version", version);
    text.optional("previous", previous);
    text.line("owners", ownersNeeded, "of", String.join(" ", owners));
    logs.forEach(log -> text.line("log", log.origin, log.key));
    for (Witness witness : witnesses) {
      if (witness.required) {
        text.line("witness", witness.name, witness.key, "required");
      } else {
        text.line("witness", witness.name, witness.key);
      }
    }
    persons.forEach(person -> text.line("person", person.name, person.key));
    groups.forEach((group, members) -> text.line("group", group, String.join(" ", members)));
    trusts.forEach(t -> text.line("trust", Percent.encode(t.domain), "ca", t.ca));
    keys.forEach(key -> text.line("key", key.name, Percent.encode(key.identity)));
    workloads.forEach(w -> text.line("workload", w.name, w.identity));
    StringBuilder all = new StringBuilder(text.toString());
    rules.forEach(rule -> all.append(rule).append('\n'));
    return all.toString();
  }
}
