package dev.keyhold.keystore.software;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.Facets;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.keystore.PasswordProtection;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.Residence;
import dev.keyhold.keystore.facet.PasswordProtected;
import dev.keyhold.keystore.facet.RandomSource;
import dev.keyhold.keystore.software.engine.Engines;
import dev.keyhold.keystore.software.file.KeyFile;
import dev.keyhold.keystore.software.file.Passwords;
import dev.keyhold.keystore.software.file.RingHolder;
import dev.keyhold.keystore.software.file.RingStore;
import dev.keyhold.keystore.software.file.Tuning;
import dev.keyhold.keystore.software.ring.KeyRules;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All keys in one encrypted file, which the first new key creates.
 *
 * <p>Keys are in memory once the file was read, so that wrap, unwrap, MAC and identity do no I/O,
 * except that the file is checked once a second. Several processes may share the file on one host.
 * Thread-safe.
 */
public final class SoftwareBackend implements Backend, PasswordProtected, RandomSource {
  private final RingHolder store;
  private final ParsedKeys parsed = new ParsedKeys();
  private final RingKeys keys;
  private final Facets facets;
  private volatile boolean closed;

  SoftwareBackend(KeyFile file, Passwords passwords, Tuning tuning) {
    this(file, passwords, tuning, false);
  }

  /** Creates a backend over a key file, with decryption by PKCS#1 v1.5 allowed or not. */
  SoftwareBackend(KeyFile file, Passwords passwords, Tuning tuning, boolean pkcs1Decryption) {
    this(new RingStore(file, passwords, tuning), tuning, pkcs1Decryption);
  }

  /** Creates a backend with the keys of a holder, which is closed with this backend. */
  SoftwareBackend(RingHolder store, Tuning tuning, boolean pkcs1Decryption) {
    this.store = store;
    this.keys = new RingKeys(store, parsed, pkcs1Decryption);
    this.facets =
        Facets.of(
            new SoftwareKeks(keys),
            new SoftwareMacs(keys),
            new SoftwareKeyPairs(keys, parsed, pkcs1Decryption),
            new SoftwareKeyWraps(keys),
            new SoftwareCertificates(keys),
            new SoftwareKeyMaking(keys, tuning),
            new SoftwareLifecycle(keys, tuning));
  }

  @Override
  public <F extends Facet> Optional<F> facet(Class<F> type) {
    Optional<F> part = facets.find(type);
    return part.isPresent() ? part : Backend.super.facet(type);
  }

  @Override
  public boolean isRemote() {
    return false;
  }

  @Override
  public Set<Purpose> purposesOf(KeySpec spec) {
    return KeyRules.purposesOf(spec);
  }

  @Override
  public void unlock(char[] secret) {
    store.unlock(secret);
  }

  @Override
  public Optional<String> nameOf(KeyUri uri) {
    return uri.scheme().equals(SoftwareBackendFactory.TYPE) && KeyRules.isId(uri.path())
        ? Optional.of(uri.path())
        : Optional.empty();
  }

  @Override
  public Optional<Residence> residence(String key) {
    return store.residence();
  }

  @Override
  public List<KeyMetadata> list() throws BackendException {
    return keys.list();
  }

  @Override
  public KeyMetadata describe(String key) throws BackendException {
    return keys.metadata(keys.findFresh(key));
  }

  @Override
  public String identity(String key) throws BackendException {
    return keys.find(key).identity();
  }

  @Override
  public Optional<PasswordProtection> passwordProtection() throws BackendException {
    return store.protection();
  }

  @Override
  public String protectAnew(Optional<char[]> newPassword) throws BackendException {
    return store.protectAnew(newPassword);
  }

  @Override
  public byte[] random(int length) throws BackendException {
    if (closed) {
      throw Engines.closed();
    }
    return LocalRandom.bytes(length);
  }

  @Override
  public void close() {
    closed = true;
    store.close();
    parsed.forgetDestroyed();
  }
}
