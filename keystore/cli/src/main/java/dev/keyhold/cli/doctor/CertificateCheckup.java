package dev.keyhold.cli.doctor;

import dev.keyhold.cli.command.Entry;
import dev.keyhold.cli.command.Session;
import dev.keyhold.keystore.BackendException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Looks at the certificates of a key pair. */
final class CertificateCheckup {
  private static final Duration SOON = Duration.ofDays(30);

  private final Session session;
  private final Clock clock;

  CertificateCheckup(Session session, Clock clock) {
    this.session = session;
    this.clock = clock;
  }

  List<Finding> findings(Entry entry) {
    String alias = entry.alias();
    List<X509Certificate> chain;
    byte[] publicKey;
    Path config;
    try {
      config = session.configuration();
      chain = session.certificates(alias);
      publicKey = session.publicKey(alias);
    } catch (BackendException | CertificateException e) {
      return List.of(
          Finding.problem(
              alias, "its certificates can't be read: " + e.getMessage(), "keytool -importcert"));
    }
    List<Finding> findings = new ArrayList<>();
    if (chain.isEmpty() || isPlaceholder(chain)) {
      findings.add(
          Finding.note(
              alias,
              "the key has no certificate but one that it signed itself, which nobody trusts unasked",
              request(config, alias)));
    }
    if (!chain.isEmpty() && !Arrays.equals(publicKey, chain.get(0).getPublicKey().getEncoded())) {
      findings.add(
          Finding.problem(
              alias,
              "its certificate is for another key",
              "import the certificate that was issued for it"));
    }
    for (X509Certificate certificate : chain) {
      validity(alias, certificate, findings);
    }
    for (int i = 1; i < chain.size(); i++) {
      if (!chain
          .get(i - 1)
          .getIssuerX500Principal()
          .equals(chain.get(i).getSubjectX500Principal())) {
        findings.add(
            Finding.problem(
                alias,
                "certificate %s of its chain is not that of who issued the one before"
                    .formatted(i + 1),
                "order them: the key's own first, then each issuer"));
      }
    }
    return findings;
  }

  /**
   * Returns how to get a certificate of a CA: a command and a line that work as they are printed.
   */
  private static String request(Path config, String alias) {
    String pattern = alias.contains(".") ? "\"" + alias + "\"" : alias;
    return ("keytool -certreq -alias %s -keystore NONE -storetype Keyhold -storepass none"
            + " -providerclass dev.keyhold.KeyholdProvider -providerarg %s"
            + " -providerpath \"$(keyhold providerpath)\" -file request.csr; have it signed, put"
            + " the chain into chain.pem, the key's own certificate first, and add"
            + " key.%s.certificates = chain.pem")
        .formatted(word(alias), word(config.toAbsolutePath().toString()), pattern);
  }

  /** Returns a word of a shell's command. */
  private static String word(String text) {
    return text.matches("[A-Za-z0-9._/:-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  private static boolean isPlaceholder(List<X509Certificate> chain) {
    X509Certificate own = chain.get(0);
    return chain.size() == 1 && own.getSubjectX500Principal().equals(own.getIssuerX500Principal());
  }

  @SuppressWarnings("JavaUtilDate") // what a certificate has
  private void validity(String alias, X509Certificate certificate, List<Finding> findings) {
    Instant now = clock.instant();
    Instant end = certificate.getNotAfter().toInstant();
    String name = certificate.getSubjectX500Principal().getName();
    if (certificate.getNotBefore().toInstant().isAfter(now)) {
      findings.add(
          Finding.problem(
              alias,
              "the certificate of %s is valid from %s only"
                  .formatted(name, certificate.getNotBefore().toInstant()),
              "wait, or set this host's clock"));
    } else if (end.isBefore(now)) {
      findings.add(
          Finding.problem(
              alias, "the certificate of %s ended on %s".formatted(name, end), "renew it"));
    } else if (end.isBefore(now.plus(SOON))) {
      findings.add(
          Finding.warning(
              alias, "the certificate of %s ends on %s".formatted(name, end), "renew it"));
    }
  }
}
