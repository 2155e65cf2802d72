package dev.keyhold.keystore.awskms;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.facet.Destruction;
import dev.keyhold.keystore.facet.Rotation;
import dev.keyhold.keystore.facet.ScheduledRotation;
import dev.keyhold.keystore.facet.Suspension;
import java.time.Duration;

/** Rotates keys, takes them out of use and back. Thread-safe. */
final class AwsLifecycle implements Rotation, ScheduledRotation, Suspension, Destruction {
  /** The shortest time until a key is deleted, in days. */
  static final int MIN_WAIT = 7;

  private static final int MAX_WAIT = 30;
  private static final int MIN_PERIOD = 90;
  private static final int MAX_PERIOD = 2560;

  private final KmsConnection connection;
  private final KeyDirectory directory;

  AwsLifecycle(KmsConnection connection, KeyDirectory directory) {
    this.connection = connection;
    this.directory = directory;
  }

  @Override
  public KeyMetadata rotate(String key) throws BackendException {
    KnownKey kek = rotatable(key);
    connection.call(
        "RotateKeyOnDemand",
        kek.arn(),
        client -> client.rotateKeyOnDemand(request -> request.keyId(kek.arn())));
    return directory.changed(key);
  }

  @Override
  public KeyMetadata rotateEvery(String key, Duration period) throws BackendException {
    KnownKey kek = rotatable(key);
    if (period.isZero()) {
      connection.call(
          "DisableKeyRotation",
          kek.arn(),
          client -> client.disableKeyRotation(request -> request.keyId(kek.arn())));
      return directory.changed(key);
    }
    int days = days("rotates a key every", period, MIN_PERIOD, MAX_PERIOD);
    connection.call(
        "EnableKeyRotation",
        kek.arn(),
        client ->
            client.enableKeyRotation(
                request -> request.keyId(kek.arn()).rotationPeriodInDays(days)));
    return directory.changed(key);
  }

  private KnownKey rotatable(String key) throws BackendException {
    KnownKey kek = directory.fresh(key);
    if (!kek.keySpec().equals(KeyKind.SYMMETRIC_DEFAULT.name())) {
      throw unsupported(
          "AWS KMS rotates AES keys alone, not %s: make a new key and move the alias"
              .formatted(kek.keySpec()));
    }
    return kek;
  }

  @Override
  public KeyMetadata disable(String key) throws BackendException {
    String arn = directory.fresh(key).arn();
    connection.call("DisableKey", arn, client -> client.disableKey(request -> request.keyId(arn)));
    return directory.changed(key);
  }

  @Override
  public KeyMetadata enable(String key) throws BackendException {
    String arn = directory.fresh(key).arn();
    connection.call("EnableKey", arn, client -> client.enableKey(request -> request.keyId(arn)));
    return directory.changed(key);
  }

  @Override
  public KeyMetadata scheduleDestruction(String key, Duration wait) throws BackendException {
    int days = days("destroys a key after", wait, MIN_WAIT, MAX_WAIT);
    String arn = directory.fresh(key).arn();
    connection.call(
        "ScheduleKeyDeletion",
        arn,
        client ->
            client.scheduleKeyDeletion(request -> request.keyId(arn).pendingWindowInDays(days)));
    return directory.changed(key);
  }

  @Override
  public KeyMetadata cancelDestruction(String key) throws BackendException {
    String arn = directory.fresh(key).arn();
    connection.call(
        "CancelKeyDeletion",
        arn,
        client -> client.cancelKeyDeletion(request -> request.keyId(arn)));
    return directory.changed(key);
  }

  private static int days(String what, Duration time, int min, int max) throws BackendException {
    long days = time.toDays();
    if (!Duration.ofDays(days).equals(time) || days < min || days > max) {
      throw unsupported("AWS KMS %s %s to %s whole days".formatted(what, min, max));
    }
    return Math.toIntExact(days);
  }

  private static BackendException unsupported(String message) {
    return new BackendException(Reason.UNSUPPORTED, message);
  }
}
