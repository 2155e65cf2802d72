package dev.keyhold.keystore.googlekms;

import com.google.cloud.kms.v1.ProtectionLevel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The options of one backend.
 *
 * @param keyRing its full resource name
 * @param endpoint host and port of the service
 * @param plaintext without TLS and credentials, for a stand-in on this machine
 * @param credentialsFile instead of the default chain
 * @param impersonate the service account to act as
 * @param protection of keys that are made here
 * @param raw whether a KEK that is made here wraps by raw AES-GCM
 * @param externalKey for external keys: the URI or the path of the key at its manager, with {@code
 *     {name}} for the key's name
 * @param ekmConnection for EXTERNAL_VPC: the full resource name of the connection
 * @param timeout of one call
 * @param generationTimeout how long to wait for a key that the service is still making
 * @param destroyWait after which a key made here is destroyed, once that is asked for
 */
record Settings(
    String keyRing,
    String endpoint,
    boolean plaintext,
    Optional<Path> credentialsFile,
    Optional<String> impersonate,
    ProtectionLevel protection,
    boolean raw,
    Optional<String> externalKey,
    Optional<String> ekmConnection,
    Duration timeout,
    Duration generationTimeout,
    Duration destroyWait) {

  /** Returns the location that random bytes come from. */
  String location() {
    return keyRing.substring(0, keyRing.indexOf("/keyRings/"));
  }

  /** Returns whether the material of keys that are made here is with an external manager. */
  boolean external() {
    return protection == ProtectionLevel.EXTERNAL || protection == ProtectionLevel.EXTERNAL_VPC;
  }
}
