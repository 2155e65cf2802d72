package dev.keyhold.keystore.custodian;

import dev.keyhold.keystore.SecretSource;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The options of one backend.
 *
 * @param urls of the custodians, at least one; the first is asked first
 * @param behind the backend that they stand before
 * @param certificate the file of the client's certificates, its own first (PEM)
 * @param key its private key (PKCS#8, PEM)
 * @param ca the file of the CAs that certify custodians (PEM)
 * @param deadline of a use of a key
 * @param changeDeadline of a change of a key
 */
record Settings(
    List<URI> urls,
    Behind behind,
    Path certificate,
    SecretSource key,
    Path ca,
    Duration deadline,
    Duration changeDeadline) {
  Settings {
    urls = List.copyOf(urls);
  }
}
