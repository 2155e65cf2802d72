package dev.keyhold.keystore.googlekms;

import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.DestroyCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.cloud.kms.v1.RestoreCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.UpdateCryptoKeyRequest;
import com.google.cloud.kms.v1.UpdateCryptoKeyVersionRequest;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Timestamp;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.time.Duration;
import java.time.Instant;

/** Takes keys out of use and back, version by version; has the service rotate and destroy them. */
final class Lifecycle {
  private static final Duration MIN_ROTATION = Duration.ofHours(24);
  private static final Duration MAX_ROTATION = Duration.ofDays(36_500);
  private static final Duration DEFAULT_WAIT = Duration.ofDays(30);
  private static final Errors UPDATE = Errors.of("cloudkms.cryptoKeyVersions.update");

  private final Connection connection;
  private final KeyDirectory directory;

  Lifecycle(Connection connection, KeyDirectory directory) {
    this.connection = connection;
    this.directory = directory;
  }

  void disable(String name) throws BackendException {
    setAll(name, CryptoKeyVersionState.ENABLED, CryptoKeyVersionState.DISABLED);
  }

  void enable(String name) throws BackendException {
    setAll(name, CryptoKeyVersionState.DISABLED, CryptoKeyVersionState.ENABLED);
  }

  private void setAll(String name, CryptoKeyVersionState from, CryptoKeyVersionState to)
      throws BackendException {
    Key key = directory.fresh(name);
    try {
      for (CryptoKeyVersion version : key.versions()) {
        if (version.getState() == from) {
          connection.call(
              KeyManagementServiceClient::updateCryptoKeyVersionCallable,
              UpdateCryptoKeyVersionRequest.newBuilder()
                  .setCryptoKeyVersion(
                      CryptoKeyVersion.newBuilder().setName(version.getName()).setState(to))
                  .setUpdateMask(FieldMask.newBuilder().addPaths("state"))
                  .build(),
              UPDATE);
        }
      }
    } finally {
      directory.forget(key.name());
    }
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
    try {
      for (CryptoKeyVersion version : key.versions()) {
        if (isThere(version.getState())) {
          connection.call(
              KeyManagementServiceClient::destroyCryptoKeyVersionCallable,
              DestroyCryptoKeyVersionRequest.newBuilder().setName(version.getName()).build(),
              Errors.of("cloudkms.cryptoKeyVersions.destroy"));
        }
      }
    } finally {
      directory.forget(key.name());
    }
  }

  private static boolean isThere(CryptoKeyVersionState state) {
    return switch (state) {
      case ENABLED, DISABLED, PENDING_IMPORT -> true;
      default -> false;
    };
  }

  void cancelDestruction(String name) throws BackendException {
    Key key = directory.fresh(name);
    boolean any = false;
    try {
      for (CryptoKeyVersion version : key.versions()) {
        if (version.getState() == CryptoKeyVersionState.DESTROY_SCHEDULED) {
          any = true;
          connection.call(
              KeyManagementServiceClient::restoreCryptoKeyVersionCallable,
              RestoreCryptoKeyVersionRequest.newBuilder().setName(version.getName()).build(),
              Errors.of("cloudkms.cryptoKeyVersions.restore"));
        }
      }
    } finally {
      directory.forget(key.name());
    }
    if (!any) {
      throw new BackendException(
          Reason.DENIED, "no destruction is scheduled for this key: see its versions' states");
    }
  }

  void rotateEvery(String name, Duration period) throws BackendException {
    Key key = directory.fresh(name);
    if (!key.hasPrimary()) {
      throw new BackendException(
          Reason.UNSUPPORTED, "Cloud KMS rotates by itself only keys for symmetric encryption");
    }
    CryptoKey.Builder update = CryptoKey.newBuilder().setName(key.name().key());
    if (!period.isZero()) {
      if (period.compareTo(MIN_ROTATION) < 0 || period.compareTo(MAX_ROTATION) > 0) {
        throw new BackendException(
            Reason.UNSUPPORTED,
            "Cloud KMS rotates a key every 24 hours at most, every 36500 days at least");
      }
      Instant next = Instant.now().plus(period);
      update
          .setRotationPeriod(
              com.google.protobuf.Duration.newBuilder().setSeconds(period.toSeconds()))
          .setNextRotationTime(Timestamp.newBuilder().setSeconds(next.getEpochSecond()));
    }
    connection.call(
        KeyManagementServiceClient::updateCryptoKeyCallable,
        UpdateCryptoKeyRequest.newBuilder()
            .setCryptoKey(update)
            .setUpdateMask(
                FieldMask.newBuilder().addPaths("rotation_period").addPaths("next_rotation_time"))
            .build(),
        Errors.of("cloudkms.cryptoKeys.update"));
    directory.forget(key.name());
  }
}
