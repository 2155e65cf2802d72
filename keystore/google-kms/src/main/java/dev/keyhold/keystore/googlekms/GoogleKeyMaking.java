package dev.keyhold.keystore.googlekms;

import com.google.cloud.kms.v1.CreateCryptoKeyRequest;
import com.google.cloud.kms.v1.CreateCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.CryptoKeyVersionTemplate;
import com.google.cloud.kms.v1.ExternalProtectionLevelOptions;
import com.google.cloud.kms.v1.GetCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.cloud.kms.v1.ProtectionLevel;
import com.google.cloud.kms.v1.UpdateCryptoKeyPrimaryVersionRequest;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.Rotation;
import dev.keyhold.keystore.kit.Interrupts;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Makes keys and versions. */
final class GoogleKeyMaking implements KeyMaking, Rotation {
  /** The label of a request that asks for one of the service's algorithms by its name. */
  static final String ALGORITHM_LABEL = "keyhold-algorithm";

  private static final Duration POLL = Duration.ofMillis(200);

  private final GoogleConnection connection;
  private final GoogleKeyDirectory directory;
  private final Settings settings;

  GoogleKeyMaking(GoogleConnection connection, GoogleKeyDirectory directory, Settings settings) {
    this.connection = connection;
    this.directory = directory;
    this.settings = settings;
  }

  @Override
  public KeyMetadata create(KeyRequest request) throws BackendException {
    if (!KeyName.isId(request.name())) {
      throw unsupported("a key's id in Cloud KMS has 1 to 63 letters, digits, '-' and '_'");
    }
    Algorithms.Entry entry = choose(request);
    if (settings.external() && settings.externalKey().isEmpty()) {
      throw unsupported(
          "a new key with external protection needs the option external-key, which names the key"
              + " at its manager");
    }
    CryptoKeyVersionTemplate.Builder template =
        CryptoKeyVersionTemplate.newBuilder()
            .setProtectionLevel(settings.protection())
            .setAlgorithm(entry.algorithm());
    CryptoKey.Builder key =
        CryptoKey.newBuilder()
            .setPurpose(entry.kind())
            .setVersionTemplate(template)
            .setDestroyScheduledDuration(
                com.google.protobuf.Duration.newBuilder()
                    .setSeconds(settings.destroyWait().toSeconds()))
            .putAllLabels(request.labels());
    if (settings.protection() == ProtectionLevel.EXTERNAL_VPC) {
      key.setCryptoKeyBackend(
          settings
              .ekmConnection()
              .orElseThrow(
                  () ->
                      unsupported(
                          "a new key with protection external-vpc needs the option"
                              + " ekm-connection")));
    }
    CryptoKey made =
        connection.call(
            KeyManagementServiceClient::createCryptoKeyCallable,
            CreateCryptoKeyRequest.newBuilder()
                .setParent(settings.keyRing())
                .setCryptoKeyId(request.name())
                .setCryptoKey(key)
                .setSkipInitialVersionCreation(settings.external())
                .build(),
            GoogleErrors.of("cloudkms.cryptoKeys.create"));
    if (settings.external()) {
      CryptoKeyVersion version = newVersion(made.getName(), external(request.name()));
      makePrimary(made.getName(), GoogleKey.id(version));
    } else {
      awaitVersions(request.name());
    }
    return directory.changed(request.name());
  }

  private CryptoKeyVersion external(String name) {
    String path = settings.externalKey().orElseThrow().replace("{name}", name);
    ExternalProtectionLevelOptions.Builder options = ExternalProtectionLevelOptions.newBuilder();
    if (settings.protection() == ProtectionLevel.EXTERNAL) {
      options.setExternalKeyUri(path);
    } else {
      options.setEkmConnectionKeyPath(path);
    }
    return CryptoKeyVersion.newBuilder().setExternalProtectionLevelOptions(options).build();
  }

  private Algorithms.Entry choose(KeyRequest request) throws BackendException {
    if (request.purposes().size() != 1) {
      throw unsupported("a key of Cloud KMS serves for one purpose: make one key for each");
    }
    Purpose purpose = request.purposes().iterator().next();
    List<Algorithms.Entry> possible = Algorithms.of(request.spec(), purpose);
    String wanted = request.labels().get(ALGORITHM_LABEL);
    for (Algorithms.Entry entry : possible) {
      boolean fits =
          wanted == null
              ? purpose != Purpose.ENCRYPT || entry.algorithm() == kekAlgorithm()
              : entry.algorithm().name().equalsIgnoreCase(wanted.replace('-', '_'));
      if (fits && settings.external() == isExternal(entry)) {
        return entry;
      }
    }
    throw unsupported(
        "Cloud KMS has no key "
            + request.spec()
            + " for "
            + purpose.name().toLowerCase(Locale.ROOT)
            + (wanted == null ? "" : " with the algorithm " + wanted)
            + " at the protection level "
            + settings.protection());
  }

  private static boolean isExternal(Algorithms.Entry entry) {
    return entry.algorithm() == CryptoKeyVersionAlgorithm.EXTERNAL_SYMMETRIC_ENCRYPTION;
  }

  private CryptoKeyVersionAlgorithm kekAlgorithm() {
    if (settings.external()) {
      return CryptoKeyVersionAlgorithm.EXTERNAL_SYMMETRIC_ENCRYPTION;
    }
    return settings.raw()
        ? CryptoKeyVersionAlgorithm.AES_256_GCM
        : CryptoKeyVersionAlgorithm.GOOGLE_SYMMETRIC_ENCRYPTION;
  }

  @Override
  public KeyMetadata rotate(String name) throws BackendException {
    GoogleKey key = directory.fresh(name);
    key.require(Purpose.ENCRYPT);
    ProtectionLevel level = key.cryptoKey().getVersionTemplate().getProtectionLevel();
    if (level == ProtectionLevel.EXTERNAL || level == ProtectionLevel.EXTERNAL_VPC) {
      throw unsupported(
          "an external key is rotated at its manager: add the new version with its address there");
    }
    CryptoKeyVersion version = newVersion(key.name().key(), CryptoKeyVersion.getDefaultInstance());
    if (key.hasPrimary()) {
      if (version.getState() != CryptoKeyVersionState.ENABLED) {
        throw new BackendException(
            Reason.UNAVAILABLE,
            "Cloud KMS is still making version " + GoogleKey.id(version) + ": rotate again later");
      }
      promote(key, GoogleKey.id(version));
    }
    directory.forget(key.name());
    return directory.changed(name);
  }

  private void promote(GoogleKey key, String version) throws BackendException {
    try {
      makePrimary(key.name().key(), version);
    } catch (BackendException e) {
      throw e.at(
          "version %s was made, but is not the primary one: make it so, or rotate again, which makes another"
              .formatted(version));
    }
  }

  private CryptoKeyVersion newVersion(String key, CryptoKeyVersion template)
      throws BackendException {
    CryptoKeyVersion made =
        connection.call(
            KeyManagementServiceClient::createCryptoKeyVersionCallable,
            CreateCryptoKeyVersionRequest.newBuilder()
                .setParent(key)
                .setCryptoKeyVersion(template)
                .build(),
            GoogleErrors.of("cloudkms.cryptoKeyVersions.create"));
    return await(made);
  }

  private void makePrimary(String key, String version) throws BackendException {
    connection.call(
        KeyManagementServiceClient::updateCryptoKeyPrimaryVersionCallable,
        UpdateCryptoKeyPrimaryVersionRequest.newBuilder()
            .setName(key)
            .setCryptoKeyVersionId(version)
            .build(),
        GoogleErrors.of("cloudkms.cryptoKeys.update"));
  }

  private void awaitVersions(String name) throws BackendException {
    for (CryptoKeyVersion version : directory.fresh(name).versions()) {
      await(version);
    }
  }

  /** Waits for a version that is being made, within bounds. */
  private CryptoKeyVersion await(CryptoKeyVersion made) throws BackendException {
    CryptoKeyVersion version = made;
    long end = System.nanoTime() + settings.generationTimeout().toNanos();
    while (version.getState() == CryptoKeyVersionState.PENDING_GENERATION
        && System.nanoTime() < end) {
      Interrupts.sleep(POLL, "the key that is being made");
      version =
          connection.call(
              KeyManagementServiceClient::getCryptoKeyVersionCallable,
              GetCryptoKeyVersionRequest.newBuilder().setName(made.getName()).build(),
              GoogleErrors.of("cloudkms.cryptoKeyVersions.get"));
    }
    return version;
  }

  private static BackendException unsupported(String message) {
    return new BackendException(Reason.UNSUPPORTED, message);
  }
}
