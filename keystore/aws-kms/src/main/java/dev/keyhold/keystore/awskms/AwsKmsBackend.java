package dev.keyhold.keystore.awskms;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.Facets;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.Residence;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Keys in AWS KMS. Names are its aliases; keys never leave the service, and each wrap is one call.
 *
 * <p>This class and the objects that its constructor creates refer to no class of the AWS SDK, so
 * that a backend that is configured and not used loads none.
 */
final class AwsKmsBackend implements Backend {
  private final AwsKmsOptions options;
  private final KmsConnection connection;
  private final AwsKeyDirectory directory;
  private final Facets facets;

  AwsKmsBackend(AwsKmsOptions options) {
    this.options = options;
    this.connection = new KmsConnection(options);
    this.directory = new AwsKeyDirectory(connection, options.aliasAge(), System::nanoTime);
    KeyRequests requests = new KeyRequests(connection, directory);
    AwsNaming naming = new AwsNaming(connection, directory);
    this.facets =
        Facets.of(
            new AwsKeks(requests),
            new AwsMacs(requests),
            new AwsKeyPairs(requests),
            new AwsKeyMaking(connection, directory, naming, options.multiRegion()),
            naming,
            new AwsLifecycle(connection, directory),
            new AwsRandom(connection));
  }

  @Override
  public <F extends Facet> Optional<F> facet(Class<F> type) {
    return facets.find(type);
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
    return AwsKeyKind.of(spec).map(AwsKeyKind::purposes).orElse(Set.of());
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

  @Override
  public void close() {
    connection.close();
  }

  @Override
  public String toString() {
    return options.toString();
  }
}
