package dev.keyhold.keystore.googlekms;

import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.cloud.kms.v1.UpdateCryptoKeyRequest;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Timestamp;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** One change of a CryptoKey's own properties. Not thread-safe. */
final class KeyUpdate {
  private static final Duration MIN_ROTATION = Duration.ofHours(24);
  private static final Duration MAX_ROTATION = Duration.ofDays(36_500);

  private final GoogleConnection connection;
  private final CryptoKey.Builder changed;
  private final FieldMask.Builder mask = FieldMask.newBuilder();

  KeyUpdate(GoogleConnection connection, GoogleKey key) {
    this.connection = connection;
    this.changed = CryptoKey.newBuilder().setName(key.name().key());
  }

  /** Makes the service rotate the key by itself; a period of zero stops that. */
  KeyUpdate rotateEvery(Duration period) throws BackendException {
    if (!period.isZero()) {
      if (period.compareTo(MIN_ROTATION) < 0 || period.compareTo(MAX_ROTATION) > 0) {
        throw new BackendException(
            Reason.UNSUPPORTED,
            "Cloud KMS rotates a key every 24 hours at most, every 36500 days at least");
      }
      Instant next = Instant.now().plus(period);
      changed
          .setRotationPeriod(
              com.google.protobuf.Duration.newBuilder().setSeconds(period.toSeconds()))
          .setNextRotationTime(Timestamp.newBuilder().setSeconds(next.getEpochSecond()));
    }
    mask.addPaths("rotation_period").addPaths("next_rotation_time");
    return this;
  }

  /** Gives the key these labels in the place of all that it has. */
  KeyUpdate labels(Map<String, String> labels) {
    changed.putAllLabels(labels);
    mask.addPaths("labels");
    return this;
  }

  void send() throws BackendException {
    connection.call(
        KeyManagementServiceClient::updateCryptoKeyCallable,
        UpdateCryptoKeyRequest.newBuilder().setCryptoKey(changed).setUpdateMask(mask).build(),
        GoogleErrors.of("cloudkms.cryptoKeys.update"));
  }
}
