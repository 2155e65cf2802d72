package dev.keyhold.keystore.googlekms;

import dev.keyhold.keystore.AfterChange;
import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.Residence;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.keystore.facet.Agreements;
import dev.keyhold.keystore.facet.Decryptions;
import dev.keyhold.keystore.facet.Destruction;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.Macs;
import dev.keyhold.keystore.facet.Naming;
import dev.keyhold.keystore.facet.PublicKeys;
import dev.keyhold.keystore.facet.RandomSource;
import dev.keyhold.keystore.facet.Rotation;
import dev.keyhold.keystore.facet.ScheduledRotation;
import dev.keyhold.keystore.facet.Signatures;
import dev.keyhold.keystore.facet.Suspension;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Keys in one key ring of Google Cloud KMS. A key's name is the id of the CryptoKey, which is
 * permanent; keys of other rings are reached by their full resource names.
 */
final class GoogleKmsBackend
    implements Backend,
        Keks,
        Macs,
        PublicKeys,
        Signatures,
        Decryptions,
        KeyMaking,
        Rotation,
        ScheduledRotation,
        Suspension,
        Destruction,
        RandomSource {
  private final Settings settings;
  private final Connection connection;
  private final KeyDirectory directory;
  private final KekCalls keks;
  private final KeyCalls keys;
  private final KeyAdmin admin;
  private final Lifecycle lifecycle;

  GoogleKmsBackend(Settings settings) {
    this.settings = settings;
    connection = new Connection(settings);
    directory = new KeyDirectory(connection, settings.keyRing());
    keks = new KekCalls(connection, directory);
    keys = new KeyCalls(connection, directory, settings);
    admin = new KeyAdmin(connection, directory, settings);
    lifecycle = new Lifecycle(connection, directory);
  }

  @Override
  public boolean isRemote() {
    return true;
  }

  @Override
  public void prepare() throws BackendException {
    connection.prepare();
  }

  @Override
  public Set<Purpose> purposesOf(KeySpec spec) {
    return Algorithms.purposesOf(spec);
  }

  @Override
  public Optional<String> nameOf(KeyUri uri) {
    return KeyName.parse(uri, settings.keyRing()).map(name -> name.in(settings.keyRing()));
  }

  @Override
  public Optional<Residence> residence(String key) {
    return KeyName.parse(key, settings.keyRing())
        .map(name -> new Residence("location", name.location()));
  }

  @Override
  public List<KeyMetadata> list() throws BackendException {
    return directory.all().stream()
        .map(key -> Metadata.of(key, settings.keyRing()))
        .sorted(Comparator.comparing(KeyMetadata::name))
        .toList();
  }

  @Override
  public KeyMetadata describe(String key) throws BackendException {
    return Metadata.of(directory.fresh(key), settings.keyRing());
  }

  @Override
  public String identity(String key) throws BackendException {
    return directory.name(key).key();
  }

  @Override
  public Optional<String> knownIdentity(String key) {
    return KeyName.parse(key, settings.keyRing()).map(KeyName::key);
  }

  /** A key as it is after a change. */
  private KeyMetadata changed(String key) throws BackendException {
    return AfterChange.read(() -> describe(key));
  }

  @Override
  public KeyMetadata create(KeyRequest request) throws BackendException {
    admin.create(request);
    return changed(request.name());
  }

  @Override
  public KeyMetadata rotate(String key) throws BackendException {
    admin.rotate(key);
    return changed(key);
  }

  @Override
  public String ifAbsent(Class<? extends Facet> type) {
    if (type == Naming.class) {
      return "a key's id in Cloud KMS is permanent: give the key another alias in the configuration";
    }
    return type == Agreements.class
        ? "Cloud KMS does not agree on keys: use an HSM or a key file"
        : Backend.super.ifAbsent(type);
  }

  @Override
  public Optional<WrapMechanism> mechanism(String key) throws BackendException {
    return keks.mechanism(key);
  }

  @Override
  public WrappedKey wrap(String key, WrapContext context, byte[] dataKey) throws BackendException {
    return keks.wrap(key, context, dataKey);
  }

  @Override
  public byte[] unwrap(String key, WrappedKey wrapped, WrapContext context)
      throws BackendException {
    return keks.unwrap(key, wrapped, context);
  }

  @Override
  public int maxMacMessage() {
    return KeyCalls.MAX_MESSAGE;
  }

  @Override
  public byte[] mac(String key, String algorithm, byte[] message) throws BackendException {
    return keys.mac(key, algorithm, message);
  }

  @Override
  public byte[] publicKey(String key) throws BackendException {
    return keys.publicKey(key);
  }

  @Override
  public int maxSignedMessage() {
    return KeyCalls.MAX_MESSAGE;
  }

  @Override
  public byte[] sign(String key, SignatureAlgorithm algorithm, byte[] input)
      throws BackendException {
    return keys.sign(key, algorithm, input);
  }

  @Override
  public byte[] decrypt(String key, RsaPadding padding, byte[] label, byte[] ciphertext)
      throws BackendException {
    return keys.decrypt(key, padding, label, ciphertext);
  }

  @Override
  public KeyMetadata disable(String key) throws BackendException {
    lifecycle.disable(key);
    return changed(key);
  }

  @Override
  public KeyMetadata enable(String key) throws BackendException {
    lifecycle.enable(key);
    return changed(key);
  }

  @Override
  public KeyMetadata scheduleDestruction(String key, Duration wait) throws BackendException {
    lifecycle.scheduleDestruction(key, wait);
    return changed(key);
  }

  @Override
  public KeyMetadata cancelDestruction(String key) throws BackendException {
    lifecycle.cancelDestruction(key);
    return changed(key);
  }

  @Override
  public KeyMetadata rotateEvery(String key, Duration period) throws BackendException {
    lifecycle.rotateEvery(key, period);
    return changed(key);
  }

  @Override
  public byte[] random(int length) throws BackendException {
    return keys.random(length);
  }

  @Override
  public void close() {
    connection.close();
  }
}
