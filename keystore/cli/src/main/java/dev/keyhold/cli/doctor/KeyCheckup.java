package dev.keyhold.cli.doctor;

import dev.keyhold.admin.Administration;
import dev.keyhold.admin.KeyAddress;
import dev.keyhold.admin.ManagedKey;
import dev.keyhold.cli.command.Entry;
import dev.keyhold.cli.command.KeyView;
import dev.keyhold.cli.command.NotListed;
import dev.keyhold.cli.command.Numbers;
import dev.keyhold.cli.command.OwnAlias;
import dev.keyhold.cli.command.Session;
import dev.keyhold.cli.explain.GcmWraps;
import dev.keyhold.cli.keys.KeysRestoreAliasCommand;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.KeyVersion;
import dev.keyhold.keystore.PasswordProtection;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.WrapCount;
import dev.keyhold.keystore.WrapMechanism;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Asks every backend, and looks at each key of every alias. Uses no key. */
final class KeyCheckup {
  /** NIST SP 800-57 Part 1, table 1: how long a key that wraps should protect new data. */
  private static final Duration CRYPTOPERIOD = Duration.ofDays(2 * 365);

  /** Two clocks that differ by less are as good as the same. */
  private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);

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
      check(session.entry(alias, ref, key), ref, own);
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
              : Finding.problem(alias, e.getMessage(), todo(e)));
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
      findings.add(Finding.problem(subject, e.getMessage(), todo(e)));
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

  private static String todo(BackendException e) {
    return switch (e.reason()) {
      case DENIED -> "have its administrator allow this; the message says what";
      case UNAVAILABLE -> "see whether it is up, and whether this host reaches it";
      case NOT_FOUND, BAD_CIPHERTEXT, MISCONFIGURED, UNSUPPORTED ->
          "mend the backend's options, its password, PIN or credentials";
    };
  }

  private void check(Entry entry, KeyAddress ref, OwnAlias own) {
    KeyMetadata key = entry.key();
    int before = findings.size();
    state(entry.alias(), ref, key, own);
    age(entry.alias(), ref, key, own);
    wraps(entry.alias(), ref, key);
    clock(ref, key);
    digest(entry.alias(), key);
    strength(entry.alias(), ref, key);
    if (key.purposes().contains(Purpose.SIGN) && own.name().equals(entry.alias())) {
      findings.addAll(new CertificateCheckup(session, clock).findings(entry));
    }
    if (findings.size() == before) {
      findings.add(
          Finding.ok(entry.alias(), "%s at %s, as it should be".formatted(key.spec(), ref)));
    }
  }

  private void state(String alias, KeyAddress ref, KeyMetadata key, OwnAlias own) {
    Optional<Instant> destruction = key.attributes().destruction();
    if (destruction.isPresent()) {
      findings.add(
          Finding.problem(
              alias,
              "the destruction of %s is scheduled for %s".formatted(ref, destruction.get()),
              "if that is wrong: " + own.todo("restore")));
    } else if (key.state() != KeyState.ACTIVE) {
      findings.add(
          Finding.problem(
              alias,
              "%s is %s: it protects nothing new".formatted(ref, KeyView.word(key.state())),
              key.state() == KeyState.SUSPENDED ? own.todo("enable") : "use another key"));
    }
  }

  private void strength(String alias, KeyAddress ref, KeyMetadata key) {
    ManagedKey.weakness(ref, key)
        .ifPresent(
            weakness ->
                findings.add(
                    Finding.warning(
                        alias,
                        weakness,
                        "make a key of 256 bits under another name, route the alias to it, list"
                            + " this one in decrypt-with, and rewrap")));
  }

  private void age(String alias, KeyAddress ref, KeyMetadata key, OwnAlias own) {
    if (!key.purposes().contains(Purpose.ENCRYPT)) {
      return;
    }
    key.currentVersion()
        .flatMap(KeyVersion::created)
        .map(created -> Duration.between(created, clock.instant()))
        .filter(age -> age.compareTo(CRYPTOPERIOD) > 0)
        .ifPresent(
            age ->
                findings.add(
                    Finding.warning(
                        alias,
                        "the current version of %s is %s days old; NIST SP 800-57 gives such a key two years"
                            .formatted(ref, age.toDays()),
                        own.todo("rotate"))));
  }

  /** Estimates the wraps of a key whose IVs are random and which nobody counts over all hosts. */
  private void wraps(String alias, KeyAddress ref, KeyMetadata key) {
    if (!key.purposes().contains(Purpose.ENCRYPT) || key.state() != KeyState.ACTIVE) {
      return;
    }
    try {
      if (session.admin().key(ref).mechanism().filter(WrapMechanism.AES_GCM::equals).isEmpty()) {
        return;
      }
    } catch (BackendException e) {
      findings.add(Finding.problem(alias, e.getMessage(), todo(e)));
      return;
    }
    String estimate =
        key.currentVersion()
            .flatMap(KeyVersion::created)
            .map(created -> Duration.between(created, clock.instant()))
            .filter(age -> age.toSeconds() > 0)
            .map(
                age ->
                    "its current version, %s days old, is within that below %s wraps/s on average"
                        .formatted(age.toDays(), Numbers.count(WrapCount.MAX / age.toSeconds())))
            .orElse("the age of its current version is not known");
    findings.add(
        Finding.note(
            alias,
            ("%s wraps by AES-GCM with random IVs, at most 2^32 times under one version over all"
                    + " processes, which nobody counts: %s")
                .formatted(ref, estimate),
            "rotate it before that; 'keyhold explain' estimates the calls"));
  }

  private void clock(KeyAddress ref, KeyMetadata key) {
    key.created()
        .filter(created -> created.isAfter(clock.instant().plus(CLOCK_TOLERANCE)))
        .ifPresent(
            created ->
                findings.add(
                    Finding.warning(
                        "clock",
                        "key %s was made at %s, which is in the future here"
                            .formatted(ref, created),
                        "set this host's clock: certificates and a KMS's requests depend on it")));
  }

  /** A key of one digest is met by what keytool and jarsigner choose without being asked. */
  private void digest(String alias, KeyMetadata key) {
    List<String> digests =
        key.attributes().signatures().stream()
            .filter(SignatureAlgorithm::signsDigest)
            .map(SignatureAlgorithm::digest)
            .distinct()
            .toList();
    if (digests.size() == 1) {
      SignatureAlgorithm only = key.attributes().signatures().iterator().next();
      findings.add(
          Finding.note(
              alias,
              "the key signs with %s only; keytool and jarsigner choose a digest by their own rules"
                  .formatted(digests.get(0)),
              "pass them -sigalg " + only));
    }
  }
}
