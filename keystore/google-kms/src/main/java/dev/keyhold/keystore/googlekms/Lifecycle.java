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
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Takes keys out of use and back. The service does so version by version: a name with a version
 * means that one, a name without means all of them, but not those that were out of use before
 * ({@link OutOfUse}).
 */
final class Lifecycle {
  private static final Duration DEFAULT_WAIT = Duration.ofDays(30);
  private static final Errors UPDATE = Errors.of("cloudkms.cryptoKeyVersions.update");

  private final Connection connection;
  private final KeyDirectory directory;
  private final OutOfUse outOfUse;

  Lifecycle(Connection connection, KeyDirectory directory) {
    this.connection = connection;
    this.directory = directory;
    this.outOfUse = new OutOfUse(connection);
  }

  @FunctionalInterface
  private interface Change {
    void of(CryptoKeyVersion version) throws BackendException;
  }

  void disable(String name) throws BackendException {
    Key key = directory.fresh(name);
    changing(
        key,
        () -> {
          if (isWhole(key)) {
            outOfUse.suspended(key);
          }
          each(key, Set.of(CryptoKeyVersionState.ENABLED), Set.of(), this::disableVersion);
        });
  }

  void enable(String name) throws BackendException {
    Key key = directory.fresh(name);
    boolean inUse =
        isWhole(key)
            && !outOfUse.isSuspended(key)
            && key.versions().stream().anyMatch(Key::isEnabled);
    if (inUse) {
      return; // what is disabled was so one by one
    }
    changing(
        key,
        () -> {
          each(
              key,
              Set.of(CryptoKeyVersionState.DISABLED),
              isWhole(key) ? outOfUse.disabledBefore(key) : Set.of(),
              this::enableVersion);
          if (isWhole(key)) {
            outOfUse.inUseAgain(key);
          }
        });
  }

  private void disableVersion(CryptoKeyVersion version) throws BackendException {
    setState(version, CryptoKeyVersionState.DISABLED);
  }

  private void enableVersion(CryptoKeyVersion version) throws BackendException {
    setState(version, CryptoKeyVersionState.ENABLED);
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

  void scheduleDestruction(String name, Duration wait) throws BackendException {
    Key key = directory.fresh(name);
    long seconds = key.cryptoKey().getDestroyScheduledDuration().getSeconds();
    Duration own = seconds > 0 ? Duration.ofSeconds(seconds) : DEFAULT_WAIT;
    if (!own.equals(wait)) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "Cloud KMS destroys this key after %d hours (%d days), as was fixed when it was made: ask for that"
              .formatted(own.toHours(), own.toDays()));
    }
    changing(
        key,
        () -> {
          if (isWhole(key)) {
            outOfUse.doomed(key);
          }
          each(
              key,
              Set.of(
                  CryptoKeyVersionState.ENABLED,
                  CryptoKeyVersionState.DISABLED,
                  CryptoKeyVersionState.PENDING_IMPORT),
              Set.of(),
              this::destroyVersion);
        });
  }

  private void destroyVersion(CryptoKeyVersion version) throws BackendException {
    connection.call(
        KeyManagementServiceClient::destroyCryptoKeyVersionCallable,
        DestroyCryptoKeyVersionRequest.newBuilder().setName(version.getName()).build(),
        Errors.of("cloudkms.cryptoKeyVersions.destroy"));
  }

  void cancelDestruction(String name) throws BackendException {
    Key key = directory.fresh(name);
    Set<CryptoKeyVersionState> scheduled = Set.of(CryptoKeyVersionState.DESTROY_SCHEDULED);
    Set<String> before = isWhole(key) ? outOfUse.doomedBefore(key) : Set.of();
    if (chosen(key, scheduled, before).isEmpty()) {
      throw new BackendException(
          Reason.DENIED, "no destruction is scheduled for this key: see its versions' states");
    }
    changing(
        key,
        () -> {
          each(key, scheduled, before, this::restoreVersion);
          if (isWhole(key)) {
            outOfUse.saved(key);
          }
        });
  }

  private void restoreVersion(CryptoKeyVersion version) throws BackendException {
    connection.call(
        KeyManagementServiceClient::restoreCryptoKeyVersionCallable,
        RestoreCryptoKeyVersionRequest.newBuilder().setName(version.getName()).build(),
        Errors.of("cloudkms.cryptoKeyVersions.restore"));
  }

  private static boolean isWhole(Key key) {
    return key.name().version().isEmpty();
  }

  private static List<CryptoKeyVersion> chosen(
      Key key, Set<CryptoKeyVersionState> states, Set<String> without) {
    return key.versions().stream()
        .filter(version -> isWhole(key) || key.name().version().get().equals(Key.id(version)))
        .filter(version -> states.contains(version.getState()))
        .filter(version -> !without.contains(Key.id(version)))
        .toList();
  }

  private static void each(
      Key key, Set<CryptoKeyVersionState> states, Set<String> without, Change change)
      throws BackendException {
    for (CryptoKeyVersion version : chosen(key, states, without)) {
      change.of(version);
    }
  }

  @FunctionalInterface
  private interface Work {
    void done() throws BackendException;
  }

  /** Whatever of a change was made: what was known of the key is no more. */
  private void changing(Key key, Work work) throws BackendException {
    try {
      work.done();
    } finally {
      directory.forget(key.name());
    }
  }

  void rotateEvery(String name, Duration period) throws BackendException {
    Key key = directory.fresh(name);
    if (!key.hasPrimary()) {
      throw new BackendException(
          Reason.UNSUPPORTED, "Cloud KMS rotates by itself only keys for symmetric encryption");
    }
    if (outOfUse.isSuspended(key)) {
      throw new BackendException(Reason.DENIED, "the key is suspended: enable it first");
    }
    changing(key, () -> new KeyUpdate(connection, key).rotateEvery(period).send());
  }
}
