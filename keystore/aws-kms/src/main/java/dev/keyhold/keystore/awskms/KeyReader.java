package dev.keyhold.keystore.awskms;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyAttributes;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.KeyVersion;
import dev.keyhold.keystore.Purpose;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.kms.model.GetKeyRotationStatusResponse;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.ListKeyRotationsResponse;
import software.amazon.awssdk.services.kms.model.ListResourceTagsResponse;
import software.amazon.awssdk.services.kms.model.RotationsListEntry;

/** Reads what the service tells about a key, and says it in Keyhold's words. Thread-safe. */
final class KeyReader {
  /** A tag of Keyhold's own: the name that the key was made with. */
  static final String NAME_TAG = "keyhold:name";

  /** The rotation period, in days, of a key that was enabled for rotation without a period. */
  private static final int DEFAULT_PERIOD = 365;

  private final KmsConnection connection;

  KeyReader(KmsConnection connection) {
    this.connection = connection;
  }

  /** Reads a key with DescribeKey. */
  KeyMetadata read(String id) throws BackendException {
    return whole(
        connection
            .call(
                "DescribeKey",
                id,
                client ->
                    client.describeKey(
                        request -> request.keyId(id).grantTokens(connection.grantTokens())))
            .keyMetadata());
  }

  /** Returns what an answer tells of a key, if it does. */
  static KeyMetadata whole(KeyMetadata key) throws BackendException {
    if (key == null || key.arn() == null) {
      throw new BackendException(
          Reason.UNAVAILABLE, "AWS KMS gave an answer that tells of no key: try again");
    }
    return key;
  }

  static KnownKey known(KeyMetadata key) {
    return new KnownKey(key.arn(), spec(key), String.valueOf(key.keyUsageAsString()));
  }

  /** Returns all about a key. What the caller may not see besides (tags, rotation) is left out. */
  dev.keyhold.keystore.KeyMetadata describe(String name, KeyMetadata key) throws BackendException {
    Map<String, String> labels = allowed(tags(key), Map.of());
    if (!rotates(key)) {
      return describe(name, key, List.of(), labels, Optional.empty());
    }
    return describe(
        name,
        key,
        allowed(rotations(key), List.of()),
        labels,
        allowed(period(key), Optional.empty()));
  }

  /** Describes a key that was just made. */
  static dev.keyhold.keystore.KeyMetadata describeNew(
      String name, KeyMetadata key, Map<String, String> labels) {
    return describe(name, key, List.of(), labels, Optional.empty());
  }

  /** Returns the labels of a key that has a name, without its former name. */
  private static Map<String, String> ofNamed(Map<String, String> labels) {
    Map<String, String> others = new HashMap<>(labels);
    others.remove(KeyAttributes.FORMER_NAME);
    return others;
  }

  static dev.keyhold.keystore.KeyMetadata named(String name, dev.keyhold.keystore.KeyMetadata key) {
    return new dev.keyhold.keystore.KeyMetadata(
        name,
        key.uri(),
        key.identity(),
        key.spec(),
        key.purposes(),
        key.state(),
        key.versions(),
        name.isEmpty()
            ? key.attributes()
            : key.attributes().withLabels(ofNamed(key.attributes().labels())));
  }

  private static dev.keyhold.keystore.KeyMetadata describe(
      String name,
      KeyMetadata key,
      List<Instant> rotations,
      Map<String, String> labels,
      Optional<Duration> period) {
    Optional<AwsKeyKind> kind = AwsKeyKind.named(spec(key));
    String usage = String.valueOf(key.keyUsageAsString());
    Set<Purpose> purposes = kind.map(k -> k.purposes(usage)).orElse(Set.of());
    KeyAttributes attributes =
        KeyAttributes.NONE
            .withProtection(protection(key))
            .withLabels(name.isEmpty() ? labels : ofNamed(labels))
            .withRotationPeriod(period)
            .withDestruction(Optional.ofNullable(key.deletionDate()));
    if (purposes.contains(Purpose.SIGN)) {
      attributes = attributes.withSignatures(kind.orElseThrow().signatures());
    }
    if (purposes.contains(Purpose.DECRYPT)) {
      attributes = attributes.withPaddings(kind.orElseThrow().paddings());
    }
    KeyState state = state(String.valueOf(key.keyStateAsString()));
    return new dev.keyhold.keystore.KeyMetadata(
        name,
        AwsKmsUri.of(key.arn()),
        AwsKmsUri.identity(key.arn()),
        kind.map(AwsKeyKind::spec).orElseGet(() -> new KeySpec(spec(key), 256)),
        purposes,
        state,
        versions(key, state, rotations),
        attributes);
  }

  /**
   * Returns the versions. Older ones only open; no header names them, since the service finds them.
   */
  private static List<KeyVersion> versions(
      KeyMetadata key, KeyState state, List<Instant> rotations) {
    List<Optional<Instant>> dates = new ArrayList<>();
    dates.add(Optional.ofNullable(key.creationDate()));
    rotations.stream().sorted().map(Optional::of).forEach(dates::add);
    boolean numbered = rotates(key);
    List<KeyVersion> versions = new ArrayList<>();
    for (int i = 0; i < dates.size(); i++) {
      boolean older = i < dates.size() - 1;
      versions.add(
          new KeyVersion(
              numbered ? Integer.toString(i + 1) : "",
              older && state.protects() ? KeyState.DEACTIVATED : state,
              dates.get(i)));
    }
    return versions;
  }

  /** Converts AWS's states to those of NIST SP 800-57. */
  private static KeyState state(String state) {
    return switch (state) {
      case "Enabled" -> KeyState.ACTIVE;
      case "Creating", "PendingImport", "Updating" -> KeyState.PRE_ACTIVE;
      case "PendingDeletion", "PendingReplicaDeletion" -> KeyState.DESTROYED;
      default -> KeyState.SUSPENDED; // Disabled, Unavailable, and what AWS may add
    };
  }

  private static String protection(KeyMetadata key) {
    String kept = origin(key);
    return Boolean.TRUE.equals(key.multiRegion()) ? kept + ", multi-Region" : kept;
  }

  private static String origin(KeyMetadata key) {
    return switch (String.valueOf(key.originAsString())) {
      case "EXTERNAL" -> "HSM, imported";
      case "AWS_CLOUDHSM" -> "CLOUDHSM";
      case "EXTERNAL_KEY_STORE" -> "EXTERNAL";
      default -> "HSM";
    };
  }

  private static String spec(KeyMetadata key) {
    String spec = key.keySpecAsString();
    return String.valueOf(spec != null ? spec : olderSpec(key));
  }

  /** Returns the name that the field had before; some emulators know that alone. */
  @SuppressWarnings("deprecation")
  private static String olderSpec(KeyMetadata key) {
    return key.customerMasterKeySpecAsString();
  }

  /** Returns whether the service keeps older material of such a key. */
  private static boolean rotates(KeyMetadata key) {
    return spec(key).equals(AwsKeyKind.SYMMETRIC_DEFAULT.name())
        && protection(key).startsWith("HSM");
  }

  /** One of the requests besides. */
  @FunctionalInterface
  private interface Read<T> {
    T get() throws BackendException;
  }

  private static <T> T allowed(Read<T> read, T otherwise) throws BackendException {
    try {
      return read.get();
    } catch (BackendException e) {
      if (e.reason() == Reason.DENIED || e.reason() == Reason.UNSUPPORTED) {
        return otherwise;
      }
      throw e;
    } catch (LinkageError e) {
      return otherwise; // an SDK of before this request
    }
  }

  private Read<Map<String, String>> tags(KeyMetadata key) {
    return () -> {
      Map<String, String> tags = new HashMap<>();
      KmsConnection.pages(
          from ->
              connection.call(
                  "ListResourceTags",
                  key.arn(),
                  client ->
                      client.listResourceTags(request -> request.keyId(key.keyId()).marker(from))),
          ListResourceTagsResponse::truncated,
          ListResourceTagsResponse::nextMarker,
          page -> page.tags().forEach(tag -> tags.put(tag.tagKey(), tag.tagValue())));
      String first = tags.remove(NAME_TAG);
      if (first != null) {
        tags.put(KeyAttributes.FORMER_NAME, first);
      }
      return tags;
    };
  }

  private Read<List<Instant>> rotations(KeyMetadata key) {
    return () -> {
      List<Instant> dates = new ArrayList<>();
      KmsConnection.pages(
          from ->
              connection.call(
                  "ListKeyRotations",
                  key.arn(),
                  client ->
                      client.listKeyRotations(request -> request.keyId(key.keyId()).marker(from))),
          ListKeyRotationsResponse::truncated,
          ListKeyRotationsResponse::nextMarker,
          page ->
              page.rotations().stream()
                  .map(RotationsListEntry::rotationDate)
                  .filter(date -> date != null)
                  .forEach(dates::add));
      return dates;
    };
  }

  private Read<Optional<Duration>> period(KeyMetadata key) {
    return () -> {
      GetKeyRotationStatusResponse status =
          connection.call(
              "GetKeyRotationStatus",
              key.arn(),
              client -> client.getKeyRotationStatus(request -> request.keyId(key.keyId())));
      if (!Boolean.TRUE.equals(status.keyRotationEnabled())) {
        return Optional.empty();
      }
      Integer days = status.rotationPeriodInDays();
      return Optional.of(Duration.ofDays(days == null ? DEFAULT_PERIOD : days));
    };
  }
}
