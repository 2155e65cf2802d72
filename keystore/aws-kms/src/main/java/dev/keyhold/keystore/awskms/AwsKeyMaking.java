package dev.keyhold.keystore.awskms;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.facet.KeyMaking;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import software.amazon.awssdk.services.kms.model.Tag;

/** Makes keys. Thread-safe. */
final class AwsKeyMaking implements KeyMaking {
  private final KmsConnection connection;
  private final AwsKeyDirectory directory;
  private final AwsNaming naming;
  private final boolean multiRegion;

  AwsKeyMaking(
      KmsConnection connection, AwsKeyDirectory directory, AwsNaming naming, boolean multiRegion) {
    this.connection = connection;
    this.directory = directory;
    this.naming = naming;
    this.multiRegion = multiRegion;
  }

  @Override
  public KeyMetadata create(KeyRequest request) throws BackendException {
    AwsKeyKind kind =
        AwsKeyKind.of(request.spec())
            .orElseThrow(() -> unsupported("AWS KMS has no keys of the kind " + request.spec()));
    Purpose purpose = onlyPurpose(request.purposes(), kind);
    AwsNaming.checkName(request.name());
    naming.requireFree(request.name());
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
                                    .keyUsage(AwsKeyKind.usage(purpose))
                                    .multiRegion(multiRegion)
                                    .description("Keyhold: " + request.name())
                                    .tags(tags(request))))
                .keyMetadata());
    try {
      naming.createAlias(request.name(), made.arn());
    } catch (BackendException e) {
      if (!isNamed(request.name(), made.arn(), e)) {
        throw withoutName(made.arn(), e);
      }
    }
    return KeyReader.describeNew(request.name(), made, request.labels());
  }

  private static Purpose onlyPurpose(Set<Purpose> purposes, AwsKeyKind kind)
      throws BackendException {
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

  /** Returns whether a key has its name all the same, where the service did not answer. */
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

  /** Schedules the destruction of a key without a name, which could not be found otherwise. */
  private BackendException withoutName(String arn, BackendException cause) {
    boolean interrupted = Thread.interrupted(); // the key's deletion must be scheduled first
    String fate;
    try {
      connection.call(
          "ScheduleKeyDeletion",
          arn,
          client ->
              client.scheduleKeyDeletion(
                  request -> request.keyId(arn).pendingWindowInDays(AwsLifecycle.MIN_WAIT)));
      fate = "its deletion in " + AwsLifecycle.MIN_WAIT + " days was scheduled";
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

  private static BackendException unsupported(String message) {
    return new BackendException(Reason.UNSUPPORTED, message);
  }
}
