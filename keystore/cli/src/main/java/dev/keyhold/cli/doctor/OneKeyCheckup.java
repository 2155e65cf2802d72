package dev.keyhold.cli.doctor;

import dev.keyhold.admin.KeyAddress;
import dev.keyhold.admin.ManagedKey;
import dev.keyhold.cli.command.Entry;
import dev.keyhold.cli.command.KeyView;
import dev.keyhold.cli.command.Numbers;
import dev.keyhold.cli.command.OwnAlias;
import dev.keyhold.cli.command.Session;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.KeyVersion;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.WrapCount;
import dev.keyhold.keystore.WrapMechanism;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks one key of an alias by what its backend says of it. Uses no key. */
final class OneKeyCheckup {
  /** NIST SP 800-57 Part 1, table 1: how long a key that wraps should protect new data. */
  private static final Duration CRYPTOPERIOD = Duration.ofDays(2 * 365);

  /** A smaller difference between two clocks is no finding. */
  private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);

  private final Session session;
  private final Clock clock;
  private final Entry entry;
  private final String alias;
  private final KeyMetadata key;
  private final KeyAddress ref;
  private final OwnAlias own;
  private final List<Finding> findings = new ArrayList<>();

  OneKeyCheckup(Session session, Clock clock, Entry entry, KeyAddress ref, OwnAlias own) {
    this.session = session;
    this.clock = clock;
    this.entry = entry;
    this.alias = entry.alias();
    this.key = entry.key();
    this.ref = ref;
    this.own = own;
  }

  /** Returns the findings; that the key is as it should be if there are no others. */
  List<Finding> findings() {
    state();
    age();
    wraps();
    clock();
    digest();
    strength();
    if (key.purposes().contains(Purpose.SIGN) && own.name().equals(alias)) {
      findings.addAll(new CertificateCheckup(session, clock).findings(entry));
    }
    if (findings.isEmpty()) {
      findings.add(Finding.ok(alias, "%s at %s, as it should be".formatted(key.spec(), ref)));
    }
    return findings;
  }

  private void state() {
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

  private void strength() {
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

  private void age() {
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
  private void wraps() {
    if (!key.purposes().contains(Purpose.ENCRYPT) || key.state() != KeyState.ACTIVE) {
      return;
    }
    try {
      if (session.admin().key(ref).mechanism().filter(WrapMechanism.AES_GCM::equals).isEmpty()) {
        return;
      }
    } catch (BackendException e) {
      findings.add(Finding.problem(alias, e));
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

  private void clock() {
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

  /**
   * Notes a key that signs with one digest only, which need not be the one that keytool and
   * jarsigner choose by default.
   */
  private void digest() {
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
