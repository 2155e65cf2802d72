package dev.keyhold.jca.keystore;

import dev.keyhold.gate.KeyRouter;
import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.jca.key.Callers;
import dev.keyhold.jca.key.KeyHandle;
import dev.keyhold.jca.key.PrivateKeyHandle;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.policy.KeyRef;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.crypto.SecretKey;

/** Sets a key and its certificates in a key store. */
final class KeyEntries {
  private static final System.Logger LOG = System.getLogger("dev.keyhold.keystore");

  private static final int DIGITAL_SIGNATURE = 0;
  private static final int KEY_ENCIPHERMENT = 2;
  private static final int DATA_ENCIPHERMENT = 3;
  private static final int KEY_AGREEMENT = 4;
  private static final int CERTIFICATE_SIGNATURE = 5;

  private KeyEntries() {}

  /** Checks that a chain is one for a key. */
  static List<X509Certificate> chain(Key key, Certificate[] chain) throws KeyStoreException {
    if (!(key instanceof SecretKey) && !(key instanceof PrivateKey)) {
      throw new KeyStoreException("Keyhold keeps secret and private keys, not " + key);
    }
    List<X509Certificate> certificates = new ArrayList<>();
    for (Certificate certificate : chain == null ? new Certificate[0] : chain) {
      if (!(certificate instanceof X509Certificate x509)) {
        throw new KeyStoreException("Keyhold keeps X.509 certificates only");
      }
      certificates.add(x509);
    }
    if (key instanceof SecretKey && !certificates.isEmpty()) {
      throw new KeyStoreException("a secret key has no certificates");
    }
    if (key instanceof PrivateKeyHandle handle
        && !certificates.isEmpty()
        && !CertificateChains.isOf(certificates.get(0), handle)) {
      throw new KeyStoreException("the first certificate is not one of " + handle);
    }
    return certificates;
  }

  static KeyHandle requireHandle(ProviderInstance instance, Key key) throws KeyStoreException {
    if (key instanceof KeyHandle handle && handle.isOf(instance)) {
      return handle;
    }
    throw new KeyStoreException(
        "this file keeps references to keys of Keyhold, not keys themselves; to import a key, load"
            + " the key store without a file");
  }

  static StoredEntry stored(KeyHandle key, List<X509Certificate> chain) {
    return key instanceof PrivateKeyHandle
        ? new StoredEntry.Private(key.uri(), key.getAlgorithm(), chain, Instant.now())
        : new StoredEntry.Secret(key.uri(), key.getAlgorithm(), Instant.now());
  }

  /** Returns whether certificates of an alias are kept at its backend. */
  static boolean isKept(KeyRouter router, String alias, String backend) {
    return router.certificateFile(alias).isEmpty() && router.facts().keepsCertificates(backend);
  }

  /** Makes a backend keep the certificates of a key. */
  static void keep(KeyRouter router, String alias, KeyRef ref, List<X509Certificate> chain)
      throws BackendException {
    try {
      router.administration(Callers.access(router, alias)).keepCertificates(ref, encoded(chain));
    } catch (BackendException e) {
      throw e.at("the key of alias " + alias + " is there, but not its certificates");
    }
  }

  /** Returns whether the backend is to keep a chain; refuses one that nothing keeps. */
  static boolean requireAPlace(
      KeyRouter router, String alias, String backend, List<X509Certificate> chain)
      throws BackendException {
    if (chain.isEmpty()) {
      return false;
    }
    Optional<Path> configured = router.certificateFile(alias);
    if (configured.isPresent()) {
      throw new BackendException(
          Reason.DENIED,
          "the certificates of alias %s are those of file %s; put the new ones there"
              .formatted(alias, configured.get()));
    }
    if (router.facts().keepsCertificates(backend)) {
      return true;
    }
    throw new BackendException(
        Reason.UNSUPPORTED,
        "backend %s keeps no certificates; write them to a file (PEM) and set key.%s.certificates"
                .formatted(backend, alias)
            + " to it, or use a key store file");
  }

  /**
   * Returns whether a placeholder may take the place of the chain of a key that has just been made,
   * because its backend keeps none: a self-signed certificate, as key tools make one. Logs that.
   */
  static boolean isReplaceable(
      KeyRouter router, String alias, String backend, List<X509Certificate> chain) {
    X509Certificate own = chain.get(0);
    if (chain.size() > 1
        || !own.getIssuerX500Principal().equals(own.getSubjectX500Principal())
        || router.certificateFile(alias).isPresent()
        || router.facts().keepsCertificates(backend)) {
      return false;
    }
    LOG.log(
        System.Logger.Level.INFO,
        "backend {0} keeps no certificates: a placeholder takes the place of the one that was made"
            + " for alias {1}; a key store file keeps it",
        backend,
        alias);
    return true;
  }

  /**
   * Returns what a certificate lets its key be used for; all, if it says nothing (RFC 5280,
   * 4.2.1.3).
   */
  static Set<Purpose> allowed(X509Certificate certificate) {
    boolean[] usage = certificate.getKeyUsage();
    if (usage == null) {
      return EnumSet.allOf(Purpose.class);
    }
    Set<Purpose> purposes = EnumSet.noneOf(Purpose.class);
    if (usage[DIGITAL_SIGNATURE] || usage[CERTIFICATE_SIGNATURE]) {
      purposes.add(Purpose.SIGN);
    }
    if (usage[KEY_ENCIPHERMENT] || usage[DATA_ENCIPHERMENT]) {
      purposes.add(Purpose.DECRYPT);
      purposes.add(Purpose.DECAPSULATE); // RFC 9935, section 5
    }
    if (usage[KEY_AGREEMENT]) {
      purposes.add(Purpose.AGREE);
    }
    return purposes;
  }

  private static List<byte[]> encoded(List<X509Certificate> chain) throws BackendException {
    List<byte[]> all = new ArrayList<>();
    try {
      for (X509Certificate certificate : chain) {
        all.add(certificate.getEncoded());
      }
      return all;
    } catch (CertificateEncodingException e) {
      throw new BackendException(Reason.UNSUPPORTED, "a certificate has no encoding", e);
    }
  }
}
