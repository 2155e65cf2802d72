package dev.keyhold.keystore.awskms;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.Purpose;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.kms.model.Tag;

/** Makes keys, names them, rotates them, takes them out of use. Thread-safe. */
final class KeyAdmin {
  private static final int MIN_WAIT = 7;
  private static final int MAX_WAIT = 30;
  private static final int MIN_PERIOD = 90;
  private static final int MAX_PERIOD = 2560;

  private final KmsConnection connection;
  private final KeyDirectory directory;
  private final boolean multiRegion;

  KeyAdmin(KmsConnection connection, KeyDirectory directory, boolean multiRegion) {
    this.connection = connection;
    this.directory = directory;
    this.multiRegion = multiRegion;
  }

  KeyMetadata create(KeyRequest request) throws BackendException {
    KeyKind kind =
        KeyKind.of(request.spec())
            .orElseThrow(() -> unsupported("AWS KMS has no keys of the kind " + request.spec()));
    Purpose purpose = onlyPurpose(request.purposes(), kind);
    checkName(request.name());
    requireFree(request.name());
    var made =
        KeyReader.whole(
            connection
                .call(
                    "CreateKey",
                    "",
                    client ->
                        client.createKey(
                            create ->
                                create
                                    .keySpec(kind.name())
                                    .keyUsage(KeyKind.usage(purpose))
                                    .multiRegion(multiRegion)
                                    .description("Keyhold: " + request.name())
                                    .tags(tags(request))))
                .keyMetadata());
    try {
      createAlias(request.name(), made.arn());
    } catch (BackendException e) {
      if (!isNamed(request.name(), made.arn(), e)) {
        throw withoutName(made.arn(), e);
      }
    }
    return KeyReader.describeNew(request.name(), made, request.labels());
  }

  private static Purpose onlyPurpose(Set<Purpose> purposes, KeyKind kind) throws BackendException {
    Purpose purpose = purposes.iterator().next();
    if (purposes.size() > 1) {
      throw unsupported("a key in AWS KMS has one purpose, not " + purposes + ": make two keys");
    }
    if (!kind.purposes().contains(purpose)) {
      throw unsupported(
          "a key of the kind %s can be for %s in AWS KMS, not for %s"
              .formatted(kind, kind.purposes(), purpose));
    }
    return purpose;
  }

  private static List<Tag> tags(KeyRequest request) {
    List<Tag> tags = new ArrayList<>();
    request.labels().forEach((name, value) -> tags.add(tag(name, value)));
    tags.add(tag(KeyReader.NAME_TAG, request.name()));
    return tags;
  }

  private static Tag tag(String name, String value) {
    return Tag.builder().tagKey(name).tagValue(value).build();
  }

  /** Whether a key has its name all the same, where the service did not answer. */
  private boolean isNamed(String name, String arn, BackendException unanswered) {
    if (unanswered.reason() != Reason.UNAVAILABLE) {
      return false;
    }
    try {
      return directory.fresh(name).arn().equals(arn);
    } catch (BackendException e) {
      unanswered.addSuppressed(e);
      return false;
    }
  }

  /** Nobody finds a key that has no name: it is not left behind. */
  private BackendException withoutName(String arn, BackendException cause) {
    boolean interrupted = Thread.interrupted(); // the key must be cared for first
    String fate;
    try {
      connection.call(
          "ScheduleKeyDeletion",
          arn,
          client ->
              client.scheduleKeyDeletion(
                  request -> request.keyId(arn).pendingWindowInDays(MIN_WAIT)));
      fate = "its deletion in " + MIN_WAIT + " days was scheduled";
    } catch (BackendException e) {
      cause.addSuppressed(e);
      fate = "its deletion could not be scheduled: do it, or give it an alias";
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    return new BackendException(
        cause.reason(),
        "the key was made as %s, but could not be named, so %s: %s"
            .formatted(arn, fate, cause.getMessage()),
        cause);
  }

  void rotate(String key) throws BackendException {
    KnownKey kek = rotatable(key);
    connection.call(
        "RotateKeyOnDemand",
        kek.arn(),
        client -> client.rotateKeyOnDemand(request -> request.keyId(kek.arn())));
  }

  void rotateEvery(String key, Duration period) throws BackendException {
    KnownKey kek = rotatable(key);
    if (period.isZero()) {
      connection.call(
          "DisableKeyRotation",
          kek.arn(),
          client -> client.disableKeyRotation(request -> request.keyId(kek.arn())));
      return;
    }
    int days = days("rotates a key every", period, MIN_PERIOD, MAX_PERIOD);
    connection.call(
        "EnableKeyRotation",
        kek.arn(),
        client ->
            client.enableKeyRotation(
                request -> request.keyId(kek.arn()).rotationPeriodInDays(days)));
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

  void rename(String key, String newName) throws BackendException {
    KnownKey known = directory.fresh(key);
    checkName(newName);
    requireFree(newName);
    // by its ARN, a key with one name loses that; which of several is meant, nobody said
    Optional<String> former =
        AwsKmsUri.isArn(key) ? directory.onlyName(known.arn()) : Optional.of(key);
    createAlias(newName, known.arn());
    if (former.isPresent()) {
      try {
        deleteAlias(former.get());
      } catch (BackendException e) {
        throw new BackendException(
            e.reason(),
            "the key has its new name, but the old one could not be taken off: " + e.getMessage(),
            e);
      }
    }
  }

  /** Takes the name off; gives the ARN. */
  String unname(String key) throws BackendException {
    KnownKey known = directory.fresh(key);
    String name = key;
    if (AwsKmsUri.isArn(key)) {
      name =
          directory
              .firstName(known.arn())
              .orElseThrow(
                  () -> new BackendException(Reason.NOT_FOUND, "this key has no name to take off"));
    }
    deleteAlias(name);
    return known.arn();
  }

  void disable(String key) throws BackendException {
    String arn = directory.fresh(key).arn();
    connection.call("DisableKey", arn, client -> client.disableKey(request -> request.keyId(arn)));
  }

  void enable(String key) throws BackendException {
    String arn = directory.fresh(key).arn();
    connection.call("EnableKey", arn, client -> client.enableKey(request -> request.keyId(arn)));
  }

  void scheduleDestruction(String key, Duration wait) throws BackendException {
    int days = days("destroys a key after", wait, MIN_WAIT, MAX_WAIT);
    String arn = directory.fresh(key).arn();
    connection.call(
        "ScheduleKeyDeletion",
        arn,
        client ->
            client.scheduleKeyDeletion(request -> request.keyId(arn).pendingWindowInDays(days)));
  }

  void cancelDestruction(String key) throws BackendException {
    String arn = directory.fresh(key).arn();
    connection.call(
        "CancelKeyDeletion",
        arn,
        client -> client.cancelKeyDeletion(request -> request.keyId(arn)));
  }

  private void createAlias(String name, String arn) throws BackendException {
    connection.call(
        "CreateAlias",
        AwsKmsUri.ALIAS + name,
        client ->
            client.createAlias(
                request -> request.aliasName(AwsKmsUri.ALIAS + name).targetKeyId(arn)));
    directory.forget(name);
  }

  private void deleteAlias(String name) throws BackendException {
    directory.forget(name);
    connection.call(
        "DeleteAlias",
        AwsKmsUri.ALIAS + name,
        client -> client.deleteAlias(request -> request.aliasName(AwsKmsUri.ALIAS + name)));
    directory.forget(name);
  }

  /** The service refuses a second key of a name too, but only once the key was made. */
  private void requireFree(String name) throws BackendException {
    try {
      directory.fresh(name);
    } catch (BackendException e) {
      if (e.reason() == Reason.NOT_FOUND) {
        return;
      }
      throw e;
    }
    throw new BackendException(
        Reason.DENIED, "there is a key named '" + name + "' already: take another name");
  }

  private static void checkName(String name) throws BackendException {
    if (!AwsKmsUri.isName(name)) {
      throw unsupported(
          "'%s' can't be the name of a KMS alias: 1 to 250 of A-Z a-z 0-9 / _ -, not beginning"
                  .formatted(name)
              + " with aws/");
    }
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
