package dev.keyhold.cli;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.KeyVersion;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.routing.KeyRouter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks every backend, and looks at every alias that has a key. Uses no key. */
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
      KeyRouter router = session.router();
      boolean allAnswer = true;
      for (String backend : router.backends()) {
        allAnswer &= answers(router, backend);
      }
      if (allAnswer) {
        for (Entry entry : session.list()) {
          check(entry);
        }
        missing(router);
      }
    } catch (BackendException e) {
      findings.add(
          Finding.problem("configuration", e.getMessage(), "mend what it says, then again"));
    }
    return findings;
  }

  private boolean answers(KeyRouter router, String backend) throws BackendException {
    String subject = "backend %s (%s)".formatted(backend, router.facts().type(backend));
    long begun = System.nanoTime();
    try {
      session.unlock(backend);
      int keys = router.list(backend).size();
      long took = Duration.ofNanos(System.nanoTime() - begun).toMillis();
      findings.add(Finding.ok(subject, "answers: %d keys listed in %d ms".formatted(keys, took)));
      return true;
    } catch (BackendException e) {
      findings.add(Finding.problem(subject, e.getMessage(), todo(e)));
      return false;
    }
  }

  private static String todo(BackendException e) {
    return switch (e.reason()) {
      case DENIED -> "have its administrator allow this; the message says what";
      case UNAVAILABLE -> "see whether it is up, and whether this host reaches it";
      case NOT_FOUND, BAD_CIPHERTEXT, MISCONFIGURED, UNSUPPORTED ->
          "mend the backend's options, its password, PIN or credentials";
    };
  }

  /** Aliases that the configuration names and that have no key. */
  private void missing(KeyRouter router) throws BackendException {
    List<String> there = session.list().stream().map(Entry::alias).toList();
    for (String alias : router.configuration().exactAliases()) {
      if (!there.contains(alias)) {
        findings.add(
            Finding.problem(
                alias,
                "the configuration names it, and there is no such key",
                "keyhold keys create " + alias));
      }
    }
  }

  private void check(Entry entry) {
    KeyMetadata key = entry.key();
    int before = findings.size();
    state(entry.alias(), key);
    age(entry.alias(), key);
    clock(entry.alias(), key);
    digest(entry.alias(), key);
    if (key.purposes().contains(Purpose.SIGN)) {
      findings.addAll(new CertificateCheckup(session, clock).findings(entry));
    }
    if (findings.size() == before) {
      findings.add(Finding.ok(entry.alias(), key.spec() + ", as it should be"));
    }
  }

  private void state(String alias, KeyMetadata key) {
    Optional<Instant> destruction = key.attributes().destruction();
    if (destruction.isPresent()) {
      findings.add(
          Finding.problem(
              alias,
              "its destruction is scheduled for " + destruction.get(),
              "if that is wrong: keyhold keys restore " + alias));
    } else if (key.state() != KeyState.ACTIVE) {
      findings.add(
          Finding.problem(
              alias,
              "the key is " + key.state() + ": it protects nothing",
              key.state() == KeyState.SUSPENDED
                  ? "keyhold keys enable " + alias
                  : "use another key"));
    }
  }

  private void age(String alias, KeyMetadata key) {
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
                        "its current version is %d days old; NIST SP 800-57 gives such a key two years"
                            .formatted(age.toDays()),
                        "keyhold keys rotate " + alias)));
  }

  private void clock(String alias, KeyMetadata key) {
    key.created()
        .filter(created -> created.isAfter(clock.instant().plus(CLOCK_TOLERANCE)))
        .ifPresent(
            created ->
                findings.add(
                    Finding.warning(
                        "clock",
                        "key %s was made at %s, which is in the future here"
                            .formatted(alias, created),
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
