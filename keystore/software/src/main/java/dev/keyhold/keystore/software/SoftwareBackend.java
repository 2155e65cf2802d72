package dev.keyhold.keystore.software;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.ErasableKey;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.KeyWrap;
import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.keystore.PasswordProtection;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.Residence;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.keystore.facet.Agreements;
import dev.keyhold.keystore.facet.CertificateStore;
import dev.keyhold.keystore.facet.Decryptions;
import dev.keyhold.keystore.facet.Destruction;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.Kems;
import dev.keyhold.keystore.facet.KeyImport;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.KeyWraps;
import dev.keyhold.keystore.facet.Macs;
import dev.keyhold.keystore.facet.Naming;
import dev.keyhold.keystore.facet.PasswordProtected;
import dev.keyhold.keystore.facet.PublicKeys;
import dev.keyhold.keystore.facet.Purging;
import dev.keyhold.keystore.facet.RandomSource;
import dev.keyhold.keystore.facet.Rotation;
import dev.keyhold.keystore.facet.Signatures;
import dev.keyhold.keystore.facet.Suspension;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All keys in one encrypted file, which the first new key creates.
 *
 * <p>Keys are in memory once the file was read, so that wrap, unwrap, MAC and identity do no I/O,
 * but for a look at the file once a second and a write each time that a block of AES-GCM wraps is
 * used up. Several processes may share the file on one host. Thread-safe.
 */
final class SoftwareBackend
    implements Backend,
        Keks,
        KeyWraps,
        Macs,
        PublicKeys,
        Signatures,
        Decryptions,
        Agreements,
        Kems,
        CertificateStore,
        KeyMaking,
        KeyImport,
        Rotation,
        Suspension,
        Destruction,
        Purging,
        Naming,
        PasswordProtected,
        RandomSource {
  private static final int ID_LENGTH = 16;
  private static final int MAX_VERSIONS = 0xFFFF;

  private final RingHolder store;
  private final PairOperations pairs;
  private final boolean pkcs1Decryption;
  private final Tuning tuning;
  private volatile KeyRing seen;
  private volatile boolean closed;

  SoftwareBackend(KeyFile file, Passwords passwords, Tuning tuning) {
    this(file, passwords, tuning, false);
  }

  /** With decryption by PKCS#1 v1.5 allowed, or not. */
  SoftwareBackend(KeyFile file, Passwords passwords, Tuning tuning, boolean pkcs1Decryption) {
    this(new RingStore(file, passwords, tuning), tuning, pkcs1Decryption);
  }

  /** With the keys that a holder has; it is closed with this. */
  SoftwareBackend(RingHolder store, Tuning tuning, boolean pkcs1Decryption) {
    this.pkcs1Decryption = pkcs1Decryption;
    this.pairs = new PairOperations(pkcs1Decryption);
    this.tuning = tuning;
    this.store = store;
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
    return fresh().sorted().stream().map(this::metadata).toList();
  }

  @Override
  public KeyMetadata describe(String key) throws BackendException {
    return metadata(find(fresh(), key));
  }

  @Override
  public String identity(String key) throws BackendException {
    return find(key).identity();
  }

  @Override
  public KeyMetadata create(KeyRequest request) throws BackendException {
    KeyRules.checkCreate(request);
    return request.spec().isKeyPair()
        ? add(request, KeyPairs.generate(request.spec()))
        : add(request, LocalRandom.bytes(request.spec().bits() / 8), new byte[0]);
  }

  @Override
  public KeyMetadata importKey(KeyRequest request, byte[] material) throws BackendException {
    KeyRules.checkImport(request, material.length);
    return request.spec().isKeyPair()
        ? add(request, KeyPairs.imported(request.spec(), material))
        : add(request, material.clone(), new byte[0]);
  }

  private KeyMetadata add(KeyRequest request, KeyPairMaterial pair) throws BackendException {
    return add(request, pair.privateKey(), pair.publicKey());
  }

  private KeyMetadata add(KeyRequest request, byte[] material, byte[] publicKey)
      throws BackendException {
    String id = HexFormat.of().formatHex(LocalRandom.bytes(ID_LENGTH));
    ErasableKey first = new ErasableKey(request.spec().algorithm(), material);
    StoredKey key =
        new StoredKey(
            id,
            request.name(),
            request.spec(),
            request.purposes(),
            KeyState.ACTIVE,
            List.of(newVersion(1, first)),
            new KeyExtras(publicKey, List.of(), request.labels(), Optional.empty()));
    return change(
        id,
        first,
        ring -> {
          requireFree(ring, request.name());
          return ring.with(key);
        });
  }

  @Override
  public KeyMetadata rotate(String key) throws BackendException {
    StoredKey before = find(fresh(), key);
    if (!before.purposes().contains(Purpose.ENCRYPT)) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "what the key made (for %s) names no version of it, so it can't be rotated: make a new key"
                  .formatted(before.purposes())
              + " under a new name");
    }
    ErasableKey added =
        new ErasableKey(before.spec().algorithm(), LocalRandom.bytes(before.spec().bits() / 8));
    return change(
        before.id(),
        added,
        ring -> {
          StoredKey now = find(ring, before.id());
          if (!now.state().protects()) {
            throw KekOperations.notActive(now);
          }
          if (now.versions().size() == MAX_VERSIONS) {
            throw new BackendException(
                Reason.DENIED, "the key has " + MAX_VERSIONS + " versions: make a new key");
          }
          int last = now.versions().get(now.versions().size() - 1).number();
          return ring.with(now.rotatedTo(newVersion(last + 1, added)));
        });
  }

  @Override
  public KeyMetadata rename(String key, String newName) throws BackendException {
    KeyRules.checkName(newName);
    String id = find(key).id();
    KeyRing after =
        store.update(
            ring -> {
              requireFree(ring, newName);
              return ring.with(find(ring, id).withName(newName));
            });
    return metadata(find(after, id));
  }

  @Override
  public KeyUri unname(String key) throws BackendException {
    String id = find(key).id();
    KeyRing after = store.update(ring -> ring.with(find(ring, id).withName("")));
    return find(after, id).uri();
  }

  @Override
  public WrappedKey wrap(String key, WrapContext context, byte[] dataKey) throws BackendException {
    return KekOperations.wrap(find(key), context, dataKey);
  }

  @Override
  public byte[] unwrap(String key, WrappedKey wrapped, WrapContext context)
      throws BackendException {
    StoredKey found = find(key);
    if (found.version(wrapped.version()).isEmpty()) {
      found = find(fresh(), key);
    }
    return KekOperations.unwrap(found, wrapped, context);
  }

  @Override
  public byte[] wrapKey(String key, KeyWrap way, byte[] plain) throws BackendException {
    return AesKeyWrap.wrap(find(key), way, plain);
  }

  @Override
  public byte[] unwrapKey(String key, KeyWrap way, byte[] wrapped) throws BackendException {
    return AesKeyWrap.unwrap(find(key), way, wrapped);
  }

  @Override
  public byte[] mac(String key, String algorithm, byte[] message) throws BackendException {
    StoredKey found = find(key);
    if (!found.purposes().contains(Purpose.MAC) || !found.spec().algorithm().equals(algorithm)) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "the key is "
              + found.spec()
              + " for "
              + found.purposes()
              + ", so it makes no "
              + algorithm
              + ": use a key that was made for it");
    }
    if (message.length > maxMacMessage()) {
      throw new BackendException(
          Reason.UNSUPPORTED, "a message has at most " + maxMacMessage() + " bytes");
    }
    StoredVersion version = found.current().orElseThrow(() -> KekOperations.notActive(found));
    return Engines.hmac(algorithm, version.material(), message);
  }

  @Override
  public byte[] publicKey(String key) throws BackendException {
    return pair(find(key)).extras().publicKey().clone();
  }

  @Override
  public byte[] sign(String key, SignatureAlgorithm algorithm, byte[] input)
      throws BackendException {
    StoredKey found = find(key);
    if (input.length > maxSignedMessage()) {
      throw new BackendException(
          Reason.UNSUPPORTED, "a message has at most " + maxSignedMessage() + " bytes");
    }
    return pairs.sign(found, algorithm, input);
  }

  @Override
  public byte[] decrypt(String key, RsaPadding padding, byte[] label, byte[] ciphertext)
      throws BackendException {
    return pairs.decrypt(find(key), padding, label, ciphertext);
  }

  @Override
  public byte[] agree(String key, byte[] peer) throws BackendException {
    return pairs.agree(find(key), peer);
  }

  @Override
  public byte[] decapsulate(String key, byte[] encapsulation) throws BackendException {
    return PairOperations.decapsulate(find(key), encapsulation);
  }

  @Override
  public List<byte[]> certificates(String key) throws BackendException {
    return find(key).extras().certificates().stream().map(byte[]::clone).toList();
  }

  @Override
  public void keepCertificates(String key, List<byte[]> chain) throws BackendException {
    StoredKey before = pair(find(key));
    Certificates.check(before.extras().publicKey(), chain);
    List<byte[]> copy = chain.stream().map(byte[]::clone).toList();
    edit(before.id(), now -> now.withExtras(now.extras().withCertificates(copy)));
  }

  @Override
  public KeyMetadata disable(String key) throws BackendException {
    return edit(find(key).id(), Lifecycle::disabled);
  }

  @Override
  public KeyMetadata enable(String key) throws BackendException {
    return edit(find(key).id(), Lifecycle::enabled);
  }

  @Override
  public KeyMetadata scheduleDestruction(String key, Duration wait) throws BackendException {
    Instant time = Lifecycle.destruction(tuning.clock().instant(), wait);
    String id = find(key).id();
    KeyRing after =
        store.update(
            ring -> {
              Instant now = tuning.clock().instant();
              StoredKey before = find(ring, id);
              Lifecycle.checkClock(before, now, store.lastChange());
              return ring.with(Lifecycle.scheduled(before, time, now, ring.latestTime()));
            });
    return metadata(find(noted(after), id));
  }

  @Override
  public void purge(String key, boolean clockIsRight) throws BackendException {
    String id = find(key).id();
    noted(
        store.update(
            ring -> {
              Lifecycle.checkDue(find(ring, id), tuning.clock().instant(), clockIsRight);
              return ring.without(id);
            }));
  }

  @Override
  public KeyMetadata cancelDestruction(String key) throws BackendException {
    return edit(find(key).id(), Lifecycle::saved);
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
    pairs.forgetDestroyed();
  }

  private StoredVersion newVersion(int number, ErasableKey material) {
    Instant now = tuning.clock().instant().truncatedTo(ChronoUnit.MILLIS);
    return new StoredVersion(number, KeyState.ACTIVE, now, 0, material);
  }

  /** A change of one key that adds no material. */
  @FunctionalInterface
  private interface Edit {
    StoredKey apply(StoredKey key) throws BackendException;
  }

  private KeyMetadata edit(String id, Edit edit) throws BackendException {
    KeyRing after =
        store.update(
            ring -> {
              StoredKey before = find(ring, id);
              StoredKey changed = edit.apply(before);
              return changed.equals(before) ? ring : ring.with(changed);
            });
    return metadata(find(noted(after), id));
  }

  private KeyMetadata metadata(StoredKey key) {
    return key.metadata(pkcs1Decryption);
  }

  private static StoredKey pair(StoredKey key) throws BackendException {
    if (!key.spec().isKeyPair()) {
      throw new BackendException(
          Reason.UNSUPPORTED, "the key is " + key.spec() + ", no key pair: it has no public half");
    }
    return key;
  }

  private KeyRing fresh() throws BackendException {
    return noted(store.fresh());
  }

  /** Takes note of a ring that is new, since keys may be gone from it. */
  private KeyRing noted(KeyRing ring) {
    if (ring != seen) {
      seen = ring;
      pairs.forgetDestroyed();
    }
    return ring;
  }

  /** Makes a change that adds material; if it fails, nobody else has it. */
  private KeyMetadata change(String id, ErasableKey added, RingHolder.Change change)
      throws BackendException {
    boolean done = false;
    try {
      KeyMetadata changed = metadata(find(noted(store.update(change)), id));
      done = true;
      return changed;
    } finally {
      if (!done) {
        added.destroy();
      }
    }
  }

  /** The key as it is in memory; if it is not there, the file is looked at. */
  private StoredKey find(String key) throws BackendException {
    Optional<StoredKey> known = noted(store.current()).find(key);
    return known.isPresent() ? known.get() : find(fresh(), key);
  }

  private StoredKey find(KeyRing ring, String key) throws BackendException {
    return ring.find(key)
        .orElseThrow(() -> new BackendException(Reason.NOT_FOUND, store.notFound(key)));
  }

  private static void requireFree(KeyRing ring, String name) throws BackendException {
    Optional<StoredKey> other = ring.hasName(name) ? ring.find(name) : Optional.empty();
    if (other.isPresent()) {
      boolean doomed = other.get().extras().destruction().isPresent();
      throw new BackendException(
          Reason.DENIED,
          "a key named %s exists already: %s"
              .formatted(
                  name,
                  doomed
                      ? "its destruction is scheduled; cancel that, or rename it, or purge it once"
                          + " its time has come"
                      : "use it, or choose another name"));
    }
  }
}
