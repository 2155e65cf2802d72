package dev.keyhold.keystore.googlekms;

import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.DestroyCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.cloud.kms.v1.RestoreCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.UpdateCryptoKeyVersionRequest;
import com.google.protobuf.FieldMask;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.facet.Destruction;
import dev.keyhold.keystore.facet.ScheduledRotation;
import dev.keyhold.keystore.facet.Suspension;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Suspends, restores and destroys keys. The service does this for each version: a name with a
 * version means that version; a name without one means all versions except those that were out of
 * use before ({@link OutOfUse}).
 */
final class GoogleLifecycle implements Suspension, Destruction, ScheduledRotation {
  private static final Duration DEFAULT_WAIT = Duration.ofDays(30);
  private static final GoogleErrors UPDATE = GoogleErrors.of("cloudkms.cryptoKeyVersions.update");

  private final GoogleConnection connection;
  private final GoogleKeyDirectory directory;
  private final OutOfUse outOfUse;

  GoogleLifecycle(GoogleConnection connection, GoogleKeyDirectory directory) {
    this.connection = connection;
    this.directory = directory;
    this.outOfUse = new OutOfUse(connection);
  }

  @Override
  public KeyMetadata disable(String name) throws BackendException {
    GoogleKey key = directory.fresh(name);
    changing(
        key,
        () -> {
          outOfUse.suspended(key);
          for (CryptoKeyVersion version : chosen(key, Set.of(), CryptoKeyVersionState.ENABLED)) {
            setState(version, CryptoKeyVersionState.DISABLED);
          }
        });
    return directory.changed(name);
  }

  @Override
  public KeyMetadata enable(String name) throws BackendException {
    GoogleKey key = directory.fresh(name);
    boolean inUse =
        key.isWhole()
            && !outOfUse.isSuspended(key)
            && key.versions().stream().anyMatch(GoogleKey::isEnabled);
    if (inUse) {
      return directory.describe(name); // disabled versions were disabled one by one
    }
    changing(
        key,
        () -> {
          Set<String> before = outOfUse.disabledBefore(key);
          for (CryptoKeyVersion version : chosen(key, before, CryptoKeyVersionState.DISABLED)) {
            setState(version, CryptoKeyVersionState.ENABLED);
          }
          outOfUse.inUseAgain(key);
        });
    return directory.changed(name);
  }

  private void setState(CryptoKeyVersion version, CryptoKeyVersionState state)
      throws BackendException {
    connection.call(
        KeyManagementServiceClient::updateCryptoKeyVersionCallable,
        UpdateCryptoKeyVersionRequest.newBuilder()
            .setCryptoKeyVersion(
                CryptoKeyVersion.newBuilder().setName(version.getName()).setState(state))
            .setUpdateMask(FieldMask.newBuilder().addPaths("state"))
            .build(),
        UPDATE);
  }

  @Override
  public KeyMetadata scheduleDestruction(String name, Duration wait) throws BackendException {
    GoogleKey key = directory.fresh(name);
    long seconds = key.cryptoKey().getDestroyScheduledDuration().getSeconds();
    Duration own = seconds > 0 ? Duration.ofSeconds(seconds) : DEFAULT_WAIT;
    if (!own.equals(wait)) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "Cloud KMS destroys this key after %s hours (%s days), as was fixed when it was made: ask for that"
              .formatted(own.toHours(), own.toDays()));
    }
    changing(
        key,
        () -> {
          outOfUse.doomed(key);
          for (CryptoKeyVersion version :
              chosen(
                  key,
                  Set.of(),
                  CryptoKeyVersionState.ENABLED,
                  CryptoKeyVersionState.DISABLED,
                  CryptoKeyVersionState.PENDING_IMPORT)) {
            connection.call(
                KeyManagementServiceClient::destroyCryptoKeyVersionCallable,
                DestroyCryptoKeyVersionRequest.newBuilder().setName(version.getName()).build(),
                GoogleErrors.of("cloudkms.cryptoKeyVersions.destroy"));
          }
        });
    return directory.changed(name);
  }

  @Override
  public KeyMetadata cancelDestruction(String name) throws BackendException {
    GoogleKey key = directory.fresh(name);
    List<CryptoKeyVersion> scheduled =
        chosen(key, outOfUse.doomedBefore(key), CryptoKeyVersionState.DESTROY_SCHEDULED);
    if (scheduled.isEmpty()) {
      throw new BackendException(
          Reason.DENIED, "no destruction is scheduled for this key: see its versions' states");
    }
    changing(
        key,
        () -> {
          for (CryptoKeyVersion version : scheduled) {
            connection.call(
                KeyManagementServiceClient::restoreCryptoKeyVersionCallable,
                RestoreCryptoKeyVersionRequest.newBuilder().setName(version.getName()).build(),
                GoogleErrors.of("cloudkms.cryptoKeyVersions.restore"));
          }
          outOfUse.saved(key);
        });
    return directory.changed(name);
  }

  /** Returns the versions that a name means, without some, in one of the states. */
  private static List<CryptoKeyVersion> chosen(
      GoogleKey key, Set<String> without, CryptoKeyVersionState... states) {
    return key.versions().stream()
        .filter(version -> key.name().version().map(GoogleKey.id(version)::equals).orElse(true))
        .filter(version -> List.of(states).contains(version.getState()))
        .filter(version -> !without.contains(GoogleKey.id(version)))
        .toList();
  }

  @FunctionalInterface
  private interface Work {
    void done() throws BackendException;
  }

  /** Makes a change, and discards what is cached of the key, even if the change fails. */
  private void changing(GoogleKey key, Work work) throws BackendException {
    try {
      work.done();
    } finally {
      directory.forget(key.name());
    }
  }

  @Override
  public KeyMetadata rotateEvery(String name, Duration period) throws BackendException {
    GoogleKey key = directory.fresh(name);
    if (!key.hasPrimary()) {
      throw new BackendException(
          Reason.UNSUPPORTED, "Cloud KMS rotates by itself only keys for symmetric encryption");
    }
    if (outOfUse.isSuspended(key)) {
      throw new BackendException(Reason.DENIED, "the key is suspended: enable it first");
    }
    changing(key, () -> new KeyUpdate(connection, key).rotateEvery(period).send());
    return directory.changed(name);
  }
}
