package dev.keyhold.keystore.software;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.encoding.CertifiedKey;
import dev.keyhold.keystore.facet.CertificateStore;
import dev.keyhold.keystore.software.engine.JdkEngines;
import dev.keyhold.keystore.software.ring.StoredKey;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.List;

/** Certificates that are kept with key pairs, checked. Thread-safe. */
final class SoftwareCertificates implements CertificateStore {
  /** More than any chain in use. */
  static final int MAX_NUMBER = 16;

  /**
   * The maximum size of all certificates of a key, in bytes; those of ML-DSA keys have 8 KiB each.
   */
  static final int MAX_SIZE = 1 << 17;

  private final RingKeys keys;

  SoftwareCertificates(RingKeys keys) {
    this.keys = keys;
  }

  @Override
  public List<byte[]> certificates(String key) throws BackendException {
    return keys.find(key).extras().certificates().stream().map(byte[]::clone).toList();
  }

  @Override
  public void keepCertificates(String key, List<byte[]> chain) throws BackendException {
    StoredKey before = keys.findPair(key);
    check(before.extras().publicKey(), chain);
    List<byte[]> copy = chain.stream().map(byte[]::clone).toList();
    keys.edit(before.id(), now -> now.withExtras(now.extras().withCertificates(copy)));
  }

  private static void check(byte[] publicKey, List<byte[]> chain) throws BackendException {
    long size = chain.stream().mapToLong(certificate -> certificate.length).sum();
    if (chain.size() > MAX_NUMBER || size > MAX_SIZE) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "a key has at most "
              + MAX_NUMBER
              + " certificates with "
              + MAX_SIZE
              + " bytes in all: leave out what its peers have already");
    }
    try {
      CertificateFactory factory =
          CertificateFactory.getInstance("X.509", JdkEngines.of("CertificateFactory", "X.509"));
      for (int i = 0; i < chain.size(); i++) {
        Certificate read = factory.generateCertificate(new ByteArrayInputStream(chain.get(i)));
        if (!Arrays.equals(read.getEncoded(), chain.get(i))) {
          throw refused("number " + (i + 1) + " is no certificate in DER", null);
        }
        if (i == 0 && !CertifiedKey.isOf(chain.get(i), publicKey)) {
          throw refused("the first one is for another key", null);
        }
      }
    } catch (GeneralSecurityException e) {
      throw refused("they are no X.509 certificates in DER", e);
    }
  }

  private static BackendException refused(String what, Exception cause) {
    return new BackendException(
        Reason.DENIED, "these certificates are not kept with the key: " + what, cause);
  }
}
