package dev.keyhold.custody.server.http;

import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.server.gate.GateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLSession;

/**
 * Identities that were found for a connection: kept with it while the charter is the same, for a
 * minute, and never beyond the end of a certificate. Stateless.
 */
final class ClientIdentities {
  private static final String KEPT = "dev.keyhold.custody.identity";
  private static final long SECONDS = 60;

  private ClientIdentities() {}

  private record Kept(String charter, String identity, Instant from, Instant until) {}

  static String of(
      SSLSession session,
      Charter charter,
      List<X509Certificate> chain,
      List<X509Certificate> authorities,
      Instant now)
      throws GateException {
    if (session.getValue(KEPT) instanceof Kept kept
        && kept.charter.equals(charter.id())
        && !now.isBefore(kept.from)
        && now.isBefore(kept.until)) {
      return kept.identity;
    }
    String identity = ClientIdentity.of(charter, chain, authorities, now);
    Instant until = now.plusSeconds(SECONDS);
    for (X509Certificate certificate : chain) {
      Instant end = certificate.getNotAfter().toInstant();
      until = end.isBefore(until) ? end : until;
    }
    session.putValue(KEPT, new Kept(charter.id(), identity, now, until));
    return identity;
  }
}
