package dev.keyhold.cli.doctor;

import dev.keyhold.admin.Administration;
import dev.keyhold.admin.KeyAddress;
import dev.keyhold.admin.ManagedKey;
import dev.keyhold.cli.command.Entry;
import dev.keyhold.cli.command.NotListed;
import dev.keyhold.cli.command.Numbers;
import dev.keyhold.cli.command.OwnAlias;
import dev.keyhold.cli.command.Session;
import dev.keyhold.cli.explain.GcmWraps;
import dev.keyhold.cli.keys.KeysRestoreAliasCommand;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.PasswordProtection;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Asks every backend, and looks at each key of every alias. Uses no key. */
final class KeyCheckup {
  private final Session session;
  private final Clock clock;
  private final List<Finding> findings = new ArrayList<>();

  KeyCheckup(Session session, Clock clock) {
    this.session = session;
    this.clock = clock;
  }

  List<Finding> findings() {
    try {
      Administration admin = session.admin();
      admin.configuration().board().map(BoardCheckup::finding).ifPresent(findings::add);
      Map<String, List<KeyMetadata>> listed = new LinkedHashMap<>();
      for (String backend : admin.backends()) {
        list(admin, backend).ifPresent(keys -> listed.put(backend, keys));
      }
      admin
          .configuration()
          .lack()
          .ifPresent(
              lack ->
                  findings.add(
                      Finding.problem("configuration", lack, "mend what it says, then again")));
      for (Map.Entry<String, List<KeyMetadata>> backend : listed.entrySet()) {
        withoutRoute(admin, backend.getKey(), backend.getValue());
      }
      Set<String> aliases = aliases(admin, listed);
      if (aliases.isEmpty() && !listed.isEmpty()) {
        findings.add(
            Finding.warning(
                "keys",
                "no alias has a key: none was looked at",
                "if there should be some, see whether these are the right backends; else keyhold keys"
                    + " create ALIAS"));
      }
      for (String alias : aliases) {
        for (KeyAddress ref : admin.policy(alias).protectWith().keys()) {
          look(admin, alias, ref, listed);
        }
      }
      admin.outOfReach(listed.keySet()).stream()
          .filter(alias -> alias.endsWith("*"))
          .forEach(alias -> notLookedAt("key." + alias, "its keys were"));
    } catch (BackendException e) {
      findings.add(
          Finding.problem("configuration", e.getMessage(), "mend what it says, then again"));
    }
    return findings;
  }

  private void withoutRoute(Administration admin, String backend, List<KeyMetadata> keys)
      throws BackendException {
    NotListed.of(admin, backend, keys)
        .reasons("")
        .forEach(
            reason ->
                findings.add(
                    Finding.note(
                        "backend %s (%s)".formatted(backend, session.type(backend)),
                        "not looked at: " + reason,
                        "if an application is to use one, add a line key.<alias> = %s:<key>"
                            .formatted(backend))));
  }

  /** Returns those that the configuration names, and the keys that its patterns admit, in order. */
  private static Set<String> aliases(Administration admin, Map<String, List<KeyMetadata>> listed)
      throws BackendException {
    Set<String> aliases = new TreeSet<>(admin.exactAliases());
    for (Map.Entry<String, List<KeyMetadata>> backend : listed.entrySet()) {
      for (KeyMetadata key : backend.getValue()) {
        KeyAddress ref = new KeyAddress(backend.getKey(), key.name());
        if (!key.name().isEmpty()
            && admin.isRouted(key.name())
            && admin.policy(key.name()).protectWith().keys().contains(ref)) {
          aliases.add(key.name());
        }
      }
    }
    return aliases;
  }

  private void look(
      Administration admin, String alias, KeyAddress ref, Map<String, List<KeyMetadata>> listed)
      throws BackendException {
    List<KeyMetadata> there = listed.get(ref.backend());
    if (there == null) {
      notLookedAt(alias, "%s was".formatted(ref));
      return;
    }
    OwnAlias own = OwnAlias.of(admin, alias, ref);
    try {
      KeyMetadata key = find(admin, ref, there);
      Entry entry = session.entry(alias, ref, key);
      findings.addAll(new OneKeyCheckup(session, clock, entry, ref, own).findings());
      if (GcmWraps.count(admin.backend(ref.backend()).type(), key)) {
        findings.add(
            Finding.note(
                alias,
                GcmWraps.warning(ref.toString()),
                "rotate it before that, or make a new key of the default kind (wrap = auto) and"
                    + " rewrap"));
      }
    } catch (BackendException e) {
      findings.add(
          e.reason() == Reason.NOT_FOUND
              ? Finding.problem(
                  alias,
                  "the configuration names %s, and there is no such key".formatted(ref),
                  missing(own, ref, there))
              : Finding.problem(alias, e));
    }
  }

  /**
   * Returns what to do about a key that is not there; a new one opens nothing that the old one
   * protects.
   */
  private static String missing(OwnAlias own, KeyAddress ref, List<KeyMetadata> there) {
    if (KeysRestoreAliasCommand.formerly(there, ref.key()).size() == 1
        && own.name().equals(ref.key())) {
      return own.todo("restore-alias");
    }
    boolean nameless = there.stream().anyMatch(key -> !ManagedKey.hasName(key));
    return (nameless
            ? "if it is one of the keys without an alias (keyhold keys list): keyhold keys restore-alias %s URI; "
                .formatted(own.name())
            : "")
        + "only if nothing was ever protected with it: "
        + own.todo("create");
  }

  /** Returns a key that its backend lists, or that it knows by a name under which it lists none. */
  private static KeyMetadata find(Administration admin, KeyAddress ref, List<KeyMetadata> there)
      throws BackendException {
    for (KeyMetadata key : there) {
      if (key.name().equals(ref.key())
          || admin
              .backend(ref.backend())
              .key(key.uri())
              .filter(known -> known.address().equals(ref))
              .isPresent()) {
        return key;
      }
    }
    return admin.key(ref).describe();
  }

  private void notLookedAt(String subject, String what) {
    findings.add(
        Finding.note(
            subject,
            what + " not looked at, since a backend does not answer",
            "mend the backend, then again"));
  }

  private Optional<List<KeyMetadata>> list(Administration admin, String backend) {
    String subject = "backend %s (%s)".formatted(backend, session.type(backend));
    long begun = System.nanoTime();
    try {
      session.unlock(backend);
      List<KeyMetadata> keys = admin.backend(backend).list();
      long took = Duration.ofNanos(System.nanoTime() - begun).toMillis();
      String count = Numbers.keys(keys.size());
      Optional<String> missing = admin.backend(backend).missingFile();
      findings.add(
          missing.isPresent()
              ? Finding.problem(
                  subject, missing.get(), "see whether backend.%s.file is right".formatted(backend))
              : Finding.ok(subject, "answers: %s listed in %s ms".formatted(count, took)));
      admin
          .backend(backend)
          .passwordProtection()
          .ifPresent(protection -> findings.add(protection(subject, backend, protection)));
      return Optional.of(keys);
    } catch (BackendException e) {
      findings.add(Finding.problem(subject, e));
      return Optional.empty();
    }
  }

  private static Finding protection(String subject, String backend, PasswordProtection protection) {
    String what = "%s: %s".formatted(protection.place(), protection.derivation());
    if (protection.isWeak()) {
      return Finding.warning(
          subject, what + ": passwords can be tried cheaply", "keyhold keys upgrade " + backend);
    }
    return protection.isCurrent()
        ? Finding.ok(subject, what)
        : Finding.note(
            subject,
            what + ", which needs no memory; new files get Argon2id",
            "once all hosts have this release: keyhold keys upgrade " + backend);
  }
}
