package dev.keyhold.keystore.awskms;

import dev.keyhold.keystore.AfterChange;
import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.Residence;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.WrapContext;
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
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Keys in AWS KMS. Names are its aliases; keys never leave the service, and each wrap is one call.
 *
 * <p>This class and what its constructor makes know no class of the AWS SDK, so that a backend that
 * is configured and not used loads none.
 */
final class AwsKmsBackend
    implements Backend,
        Keks,
        Macs,
        PublicKeys,
        Signatures,
        Decryptions,
        Agreements,
        KeyMaking,
        Rotation,
        ScheduledRotation,
        Suspension,
        Destruction,
        Naming,
        RandomSource {
  /** The longest message of a MAC or a signature (AWS KMS API, GenerateMac and Sign). */
  static final int MAX_MESSAGE = 4096;

  private final AwsKmsOptions options;
  private final KmsConnection connection;
  private final KeyDirectory directory;
  private final KeyUse use;
  private final KeyAdmin admin;

  AwsKmsBackend(AwsKmsOptions options) {
    this.options = options;
    this.connection = new KmsConnection(options);
    this.directory = new KeyDirectory(connection, options.aliasAge(), System::nanoTime);
    this.use = new KeyUse(connection, directory);
    this.admin = new KeyAdmin(connection, directory, options.multiRegion());
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
    return KeyKind.of(spec).map(KeyKind::purposes).orElse(Set.of());
  }

  @Override
  public Optional<String> nameOf(KeyUri uri) {
    return AwsKmsUri.key(uri, options.region());
  }

  @Override
  public Optional<Residence> residence(String key) {
    return AwsKmsUri.region(key)
        .or(options::region)
        .or(() -> directory.remembered(key).map(KnownKey::arn).flatMap(AwsKmsUri::region))
        .map(region -> new Residence("region", region));
  }

  @Override
  public List<KeyMetadata> list() throws BackendException {
    return directory.list();
  }

  @Override
  public KeyMetadata describe(String key) throws BackendException {
    return directory.describe(key);
  }

  @Override
  public String identity(String key) throws BackendException {
    return AwsKmsUri.identity(AwsKmsUri.isKeyArn(key) ? key : directory.recent(key).arn());
  }

  @Override
  public Optional<String> knownIdentity(String key) {
    Optional<String> arn =
        AwsKmsUri.isKeyArn(key) ? Optional.of(key) : directory.remembered(key).map(KnownKey::arn);
    return arn.map(AwsKmsUri::identity);
  }

  /** A key as it is after a change. */
  private KeyMetadata changed(String key) throws BackendException {
    return AfterChange.read(() -> describe(key));
  }

  @Override
  public KeyMetadata create(KeyRequest request) throws BackendException {
    return admin.create(request);
  }

  @Override
  public KeyMetadata rotate(String key) throws BackendException {
    admin.rotate(key);
    return changed(key);
  }

  @Override
  public KeyMetadata rename(String key, String newName) throws BackendException {
    admin.rename(key, newName);
    return changed(newName);
  }

  @Override
  public KeyUri unname(String key) throws BackendException {
    return AwsKmsUri.of(admin.unname(key));
  }

  @Override
  public WrappedKey wrap(String key, WrapContext context, byte[] dataKey) throws BackendException {
    return use.wrap(key, context, dataKey);
  }

  @Override
  public byte[] unwrap(String key, WrappedKey wrapped, WrapContext context)
      throws BackendException {
    return use.unwrap(key, wrapped, context);
  }

  @Override
  public int maxMacMessage() {
    return MAX_MESSAGE;
  }

  @Override
  public byte[] mac(String key, String algorithm, byte[] message) throws BackendException {
    return use.mac(key, algorithm, message);
  }

  @Override
  public byte[] publicKey(String key) throws BackendException {
    return use.publicKey(key);
  }

  @Override
  public int maxSignedMessage() {
    return MAX_MESSAGE;
  }

  @Override
  public byte[] sign(String key, SignatureAlgorithm algorithm, byte[] input)
      throws BackendException {
    return use.sign(key, algorithm, input);
  }

  @Override
  public byte[] decrypt(String key, RsaPadding padding, byte[] label, byte[] ciphertext)
      throws BackendException {
    return use.decrypt(key, padding, label, ciphertext);
  }

  @Override
  public byte[] agree(String key, byte[] peer) throws BackendException {
    return use.agree(key, peer);
  }

  @Override
  public KeyMetadata disable(String key) throws BackendException {
    admin.disable(key);
    return changed(key);
  }

  @Override
  public KeyMetadata enable(String key) throws BackendException {
    admin.enable(key);
    return changed(key);
  }

  @Override
  public KeyMetadata scheduleDestruction(String key, Duration wait) throws BackendException {
    admin.scheduleDestruction(key, wait);
    return changed(key);
  }

  @Override
  public KeyMetadata cancelDestruction(String key) throws BackendException {
    admin.cancelDestruction(key);
    return changed(key);
  }

  @Override
  public KeyMetadata rotateEvery(String key, Duration period) throws BackendException {
    admin.rotateEvery(key, period);
    return changed(key);
  }

  @Override
  public byte[] random(int length) throws BackendException {
    return use.random(length);
  }

  @Override
  public void close() {
    connection.close();
  }

  @Override
  public String toString() {
    return options.toString();
  }
}
