package dev.keyhold.keystore.facet;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.IfAbsent;
import java.util.List;

/** Certificates that are kept with key pairs. Without it, they are kept elsewhere. */
@IfAbsent("this backend keeps no certificates")
public interface CertificateStore extends Facet {
  /**
   * Returns the certificates that are kept with a key pair, its own first.
   *
   * @return X.509 certificates, DER; empty if there are none
   */
  List<byte[]> certificates(String key) throws BackendException;

  /** Keeps certificates with a key pair, its own first, in the place of earlier ones. */
  void keepCertificates(String key, List<byte[]> chain) throws BackendException;
}
