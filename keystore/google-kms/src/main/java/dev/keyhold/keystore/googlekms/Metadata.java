package dev.keyhold.keystore.googlekms;

import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.protobuf.Timestamp;
import dev.keyhold.keystore.KeyAttributes;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.KeyVersion;
import dev.keyhold.keystore.Purpose;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Converts a key of the service to the metadata that Keyhold reports. */
final class Metadata {
  private Metadata() {}

  static KeyMetadata of(GoogleKey key, String ring) {
    Optional<Algorithms.Entry> entry = key.entry();
    List<KeyVersion> versions = key.versions().stream().map(v -> version(key, v)).toList();
    return new KeyMetadata(
        key.name().in(ring),
        uri(key),
        key.name().key(),
        entry.map(Algorithms.Entry::spec).orElseGet(() -> foreign(key)),
        entry.map(e -> Set.of(e.purpose())).orElse(Set.<Purpose>of()),
        state(key, versions),
        versions,
        attributes(key, entry));
  }

  /**
   * Returns the URI of a key; that of a key pair names the version, since a certificate is for one
   * public key.
   */
  private static KeyUri uri(GoogleKey key) {
    boolean pair = key.entry().filter(entry -> entry.spec().isKeyPair()).isPresent();
    Optional<String> version =
        pair ? key.current().map(GoogleKey::id).or(() -> key.name().version()) : Optional.empty();
    return new KeyUri(KeyName.SCHEME, version.map(key.name()::version).orElse(key.name().key()));
  }

  private static KeySpec foreign(GoogleKey key) {
    String name = key.algorithm().name();
    String digits = name.replaceFirst("^[^0-9]*([0-9]{2,4})?.*$", "$1");
    return new KeySpec(name.replace('_', '-'), digits.isEmpty() ? 256 : Integer.parseInt(digits));
  }

  private static KeyVersion version(GoogleKey key, CryptoKeyVersion version) {
    return new KeyVersion(
        GoogleKey.id(version),
        state(key, version),
        version.hasCreateTime() ? Optional.of(instant(version.getCreateTime())) : Optional.empty());
  }

  /**
   * Returns the state of a version. An enabled one that is not current only opens, unless it is one
   * of a key pair.
   */
  private static KeyState state(GoogleKey key, CryptoKeyVersion version) {
    return switch (version.getState()) {
      case PENDING_GENERATION, PENDING_IMPORT, IMPORT_FAILED, GENERATION_FAILED ->
          KeyState.PRE_ACTIVE;
      case ENABLED -> {
        boolean current =
            key.current().filter(c -> c.getName().equals(version.getName())).isPresent();
        boolean pair = key.entry().filter(entry -> entry.spec().isKeyPair()).isPresent();
        yield current || pair ? KeyState.ACTIVE : KeyState.DEACTIVATED;
      }
      case DISABLED -> KeyState.SUSPENDED;
      case DESTROYED,
          DESTROY_SCHEDULED,
          PENDING_EXTERNAL_DESTRUCTION,
          EXTERNAL_DESTRUCTION_FAILED ->
          KeyState.DESTROYED;
      default -> KeyState.SUSPENDED;
    };
  }

  private static KeyState state(GoogleKey key, List<KeyVersion> versions) {
    if (key.name().version().isPresent()) {
      String named = key.name().version().get();
      for (KeyVersion version : versions) {
        if (version.id().equals(named)) {
          return version.state();
        }
      }
      return KeyState.PRE_ACTIVE;
    }
    if (versions.isEmpty()) {
      return KeyState.PRE_ACTIVE;
    }
    for (KeyState state :
        List.of(KeyState.ACTIVE, KeyState.DEACTIVATED, KeyState.SUSPENDED, KeyState.PRE_ACTIVE)) {
      if (versions.stream().anyMatch(version -> version.state() == state)) {
        return state;
      }
    }
    return KeyState.DESTROYED;
  }

  private static KeyAttributes attributes(GoogleKey key, Optional<Algorithms.Entry> entry) {
    var cryptoKey = key.cryptoKey();
    Optional<Instant> destruction =
        key.versions().stream()
            .filter(v -> v.getState() == CryptoKeyVersion.CryptoKeyVersionState.DESTROY_SCHEDULED)
            .map(v -> instant(v.getDestroyTime()))
            .max(Comparator.naturalOrder());
    Optional<Duration> period =
        cryptoKey.hasRotationPeriod()
            ? Optional.of(Duration.ofSeconds(cryptoKey.getRotationPeriod().getSeconds()))
            : Optional.empty();
    return KeyAttributes.NONE
        .withSignatures(entry.flatMap(Algorithms.Entry::signature).map(Set::of).orElse(Set.of()))
        .withPaddings(entry.flatMap(Algorithms.Entry::padding).map(Set::of).orElse(Set.of()))
        .withProtection(cryptoKey.getVersionTemplate().getProtectionLevel().name())
        .withLabels(OutOfUse.othersLabels(cryptoKey.getLabelsMap()))
        .withRotationPeriod(period)
        .withDestruction(destruction);
  }

  private static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }
}
