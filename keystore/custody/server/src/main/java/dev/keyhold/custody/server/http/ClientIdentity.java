package dev.keyhold.custody.server.http;

import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.charter.CharterLines;
import dev.keyhold.custody.proof.log.Hashes;
import dev.keyhold.custody.proof.text.Values;
import dev.keyhold.custody.server.gate.GateException;
import dev.keyhold.custody.server.gate.GateException.Kind;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Who a client is, by its certificate and the CAs that the charter pins. Stateless. */
final class ClientIdentity {
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
  private static final int DNS = 2;
  private static final int URI = 6;
  private static final int MAX_PATH = 5;
  private static final int MAX_NAME = 1024;

  private ClientIdentity() {}

  /**
   * Returns the identity of a certificate.
   *
   * @param chain what the client sent, its own certificate first
   * @param known further certificates of CAs, which the charter need not trust
   * @throws GateException with DENIED and the reason
   */
  static String of(
      Charter charter, List<X509Certificate> chain, List<X509Certificate> known, Instant now)
      throws GateException {
    X509Certificate own = chain.get(0);
    String identity = name(own);
    try {
      own.checkValidity(Date.from(now));
      List<String> uses = own.getExtendedKeyUsage();
      if (uses == null || !uses.contains(CLIENT_AUTH)) {
        throw denied("the client's certificate has no extended key usage clientAuth");
      }
    } catch (CertificateException e) {
      throw denied("the client's certificate is not valid now: " + e.getMessage());
    }
    Set<String> pins = new HashSet<>();
    for (CharterLines.Trust trust : charter.lines().trusts()) {
      if (covers(trust.domain(), identity)) {
        pins.add(trust.ca());
      }
    }
    List<X509Certificate> others = new ArrayList<>(chain.subList(1, chain.size()));
    others.addAll(known);
    Set<TrustAnchor> anchors = new HashSet<>();
    for (X509Certificate ca : others) {
      if (pins.contains(Values.hash(Hashes.sha256(ca.getPublicKey().getEncoded())))
          && isValidCa(ca, now)) {
        anchors.add(new TrustAnchor(ca, null));
      }
    }
    if (anchors.isEmpty()) {
      throw denied(
          pins.isEmpty()
              ? "no 'trust' line of the charter is for " + identity
              : "neither the client nor listen.ca has the certificate of a CA that the charter pins for "
                  + identity);
    }
    requirePath(own, anchors, others, now);
    return identity;
  }

  private static boolean covers(String domain, String identity) {
    if (domain.startsWith("spiffe://")) {
      return identity.startsWith(domain + "/");
    }
    String name = domain.substring("dns:".length());
    return identity.equals(domain)
        || (identity.startsWith("dns:") && identity.endsWith("." + name));
  }

  private static boolean isValidCa(X509Certificate ca, Instant now) {
    try {
      ca.checkValidity(Date.from(now));
      return ca.getBasicConstraints() >= 0;
    } catch (CertificateException e) {
      return false;
    }
  }

  private static void requirePath(
      X509Certificate own, Set<TrustAnchor> anchors, List<X509Certificate> others, Instant now)
      throws GateException {
    try {
      X509CertSelector target = new X509CertSelector();
      target.setCertificate(own);
      PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, target);
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(now));
      parameters.setMaxPathLength(MAX_PATH);
      List<X509Certificate> all = new ArrayList<>(others);
      all.add(own);
      parameters.addCertStore(
          CertStore.getInstance("Collection", new CollectionCertStoreParameters(all)));
      CertPathBuilder.getInstance("PKIX").build(parameters);
    } catch (GeneralSecurityException e) {
      throw denied(
          "the client's certificate is not one of a CA that the charter pins: " + e.getMessage());
    }
  }

  /** Returns the one name that is the identity. */
  static String name(X509Certificate certificate) throws GateException {
    List<String> uris = new ArrayList<>();
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      if (all != null) {
        for (List<?> name : all) {
          if (name.get(0).equals(URI)) {
            uris.add((String) name.get(1));
          } else if (name.get(0).equals(DNS)) {
            names.add((String) name.get(1));
          }
        }
      }
    } catch (CertificateException e) {
      throw denied("the names of the client's certificate can't be read");
    }
    if (uris.size() == 1 && uris.get(0).matches("spiffe://[a-z0-9._-]+/[A-Za-z0-9._~/-]+")) {
      return bounded(uris.get(0));
    }
    if (!uris.isEmpty()) {
      throw denied("the client's certificate has one URI name, spiffe://<domain>/<path>, or none");
    }
    if (names.size() != 1) {
      throw denied(
          "the client's certificate has one URI name, or no URI name and one DNS name; it has "
              + names.size()
              + " DNS names");
    }
    String name = names.get(0);
    if (!name.equals(name.toLowerCase(Locale.ROOT))
        || !name.matches("[a-z0-9_-]+(\\.[a-z0-9_-]+)*")) {
      throw denied(
          "the DNS name of the client's certificate has no upper case, no wildcard and no dot at its end");
    }
    return bounded("dns:" + name);
  }

  private static String bounded(String identity) throws GateException {
    if (identity.length() > MAX_NAME) {
      throw denied("the name in the client's certificate is too long");
    }
    return identity;
  }

  private static GateException denied(String message) {
    return new GateException(Kind.DENIED, message);
  }
}
