package dev.keyhold.testkit;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.facet.CertificateStore;
import dev.keyhold.keystore.facet.KeyMaking;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;

/** The keys that a test begins with. */
final class NewKeys {
  private NewKeys() {}

  /**
   * Makes keys.
   *
   * @throws IllegalArgumentException if the backend can't have one of them
   */
  static void make(Backend backend, List<KeyRequest> requests) {
    for (KeyRequest request : requests) {
      try {
        backend.require(KeyMaking.class).create(request);
      } catch (BackendException e) {
        throw refused(request, e);
      }
    }
  }

  /**
   * Keeps a placeholder certificate with each key pair, as a generator does. Otherwise each use
   * would make one, with one more signature.
   *
   * @param keyStore of a provider that has these keys
   */
  static void certify(Backend backend, List<KeyRequest> requests, KeyStore keyStore)
      throws GeneralSecurityException {
    for (KeyRequest request : requests) {
      Certificate[] made =
          request.spec().isKeyPair() ? keyStore.getCertificateChain(request.name()) : null;
      if (made == null) {
        continue;
      }
      List<byte[]> chain = new ArrayList<>();
      for (Certificate certificate : made) {
        chain.add(certificate.getEncoded());
      }
      try {
        backend.require(CertificateStore.class).keepCertificates(request.name(), chain);
      } catch (BackendException e) {
        throw refused(request, e);
      }
    }
  }

  private static IllegalArgumentException refused(KeyRequest request, BackendException e) {
    return new IllegalArgumentException("key " + request.name() + ": " + e.getMessage(), e);
  }
}
