package dev.keyhold.jca.keystore;

import dev.keyhold.gate.KeyRouter;
import dev.keyhold.jca.key.Callers;
import dev.keyhold.jca.key.PrivateKeyHandle;
import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.encoding.CertifiedKey;
import dev.keyhold.keystore.kit.BoundedMemory;
import dev.keyhold.policy.KeyRef;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The certificates of private keys: those that the configuration names, else those that the backend
 * keeps, else a placeholder. Thread-safe.
 */
final class CertificateChains {
  private static final int REMEMBERED = 1024;

  /** Placeholders by alias and public key: each costs a signature. */
  private final BoundedMemory<Map.Entry<String, ByteBuffer>, X509Certificate> placeholders =
      new BoundedMemory<>(REMEMBERED);

  /** Returns the chain of a key, its own certificate first; never empty. */
  List<X509Certificate> chain(PrivateKeyHandle key) throws BackendException {
    KeyRouter router = key.instance().router();
    Optional<Path> configured = router.certificateFile(key.alias());
    if (configured.isPresent()) {
      return ofFile(configured.get(), key);
    }
    KeyRef ref = key.policy().soleKey();
    List<X509Certificate> kept = new ArrayList<>();
    if (router.facts().keepsCertificates(ref.backend())) {
      Access access = Callers.access(router, key.alias());
      for (byte[] encoded : router.administration(access).certificates(ref)) {
        kept.add(parsed(encoded, "a certificate of " + key));
      }
    }
    return kept.isEmpty() ? List.of(placeholder(key)) : kept;
  }

  private X509Certificate placeholder(PrivateKeyHandle key) throws BackendException {
    Map.Entry<String, ByteBuffer> name =
        Map.entry(key.alias(), ByteBuffer.wrap(key.publicKey().getEncoded()));
    Optional<X509Certificate> known = placeholders.get(name);
    if (known.isPresent()) {
      return known.get();
    }
    X509Certificate made = parsed(PlaceholderCertificate.of(key), "the placeholder of " + key);
    return placeholders
        .compute(name, (unused, first) -> first == null ? made : first)
        .orElseThrow();
  }

  private static List<X509Certificate> ofFile(Path file, PrivateKeyHandle key)
      throws BackendException {
    List<X509Certificate> chain = CertificateFile.read(file);
    if (!isOf(chain.get(0), key)) {
      throw new BackendException(
          Reason.MISCONFIGURED, "file " + file + " does not begin with a certificate of " + key);
    }
    return chain;
  }

  /** Returns whether a certificate is of a key. */
  static boolean isOf(X509Certificate certificate, PrivateKeyHandle key) {
    try {
      return CertifiedKey.isOf(certificate.getEncoded(), key.publicKey().getEncoded());
    } catch (CertificateEncodingException e) {
      return false;
    }
  }

  private static X509Certificate parsed(byte[] encoded, String what) throws BackendException {
    try {
      return parse(encoded);
    } catch (CertificateException e) {
      throw new BackendException(Reason.MISCONFIGURED, what + " cannot be read", e);
    }
  }

  static X509Certificate parse(byte[] encoded) throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(encoded));
  }
}
