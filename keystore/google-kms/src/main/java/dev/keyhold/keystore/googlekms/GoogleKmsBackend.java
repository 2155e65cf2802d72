package dev.keyhold.keystore.googlekms;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.Facets;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.Residence;
import dev.keyhold.keystore.facet.Agreements;
import dev.keyhold.keystore.facet.Naming;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Keys in one key ring of Google Cloud KMS. A key's name is the id of the CryptoKey, which is
 * permanent; keys of other rings are reached by their full resource names.
 */
final class GoogleKmsBackend implements Backend {
  private final Settings settings;
  private final Connection connection;
  private final KeyDirectory directory;
  private final Facets facets;

  GoogleKmsBackend(Settings settings) {
    this.settings = settings;
    connection = new Connection(settings);
    directory = new KeyDirectory(connection, settings.keyRing());
    facets =
        Facets.of(
            new GoogleKeks(connection, directory),
            new GoogleMacs(connection, directory),
            new GoogleKeyPairs(connection, directory),
            new GoogleKeyMaking(connection, directory, settings),
            new GoogleLifecycle(connection, directory),
            new GoogleRandom(connection, settings));
  }

  @Override
  public <F extends Facet> Optional<F> facet(Class<F> type) {
    return facets.find(type);
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
    return directory.describe(key);
  }

  @Override
  public String identity(String key) throws BackendException {
    return directory.name(key).key();
  }

  @Override
  public Optional<String> knownIdentity(String key) {
    return KeyName.parse(key, settings.keyRing()).map(KeyName::key);
  }

  @Override
  public void close() {
    connection.close();
  }
}
