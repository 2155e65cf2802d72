package dev.keyhold.keystore.pkcs11.pairs;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** The certificates of a key pair, its own first. */
public final class CertificateChain {
  private CertificateChain() {}

  /** Reads certificates that are for a public key; UNSUPPORTED if they are not. */
  public static List<X509Certificate> of(PublicKey key, List<byte[]> encoded)
      throws BackendException {
    List<X509Certificate> chain = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (byte[] certificate : encoded) {
        chain.add(
            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(certificate)));
      }
    } catch (CertificateException e) {
      throw new BackendException(Reason.UNSUPPORTED, "these are no X.509 certificates", e);
    }
    if (chain.isEmpty() || !chain.get(0).getPublicKey().equals(key)) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "the first certificate is not for this key: give the key's own one first, then its"
              + " issuer's");
    }
    return chain;
  }

  /** Returns the DER of certificates. */
  public static List<byte[]> encoded(List<X509Certificate> chain) throws BackendException {
    List<byte[]> encoded = new ArrayList<>();
    try {
      for (X509Certificate certificate : chain) {
        encoded.add(certificate.getEncoded());
      }
      return encoded;
    } catch (CertificateEncodingException e) {
      throw new BackendException(Reason.MISCONFIGURED, "the token has a bad certificate", e);
    }
  }

  /**
   * Returns the chain up to where the next one did not sign: a token finds it by its name alone.
   */
  public static List<X509Certificate> verified(Certificate[] found) {
    List<X509Certificate> chain = new ArrayList<>();
    chain.add((X509Certificate) found[0]);
    for (int i = 1; i < found.length; i++) {
      try {
        found[i - 1].verify(found[i].getPublicKey());
      } catch (GeneralSecurityException e) {
        break;
      }
      chain.add((X509Certificate) found[i]);
    }
    return chain;
  }
}
