package dev.keyhold.gate;

import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.BackendFactory;
import dev.keyhold.keystore.BackendOptions;
import dev.keyhold.keystore.BackendSource;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.HmacDerive;
import dev.keyhold.keystore.KeyAttributes;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyState;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.KeyVersion;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.keystore.facet.Agreements;
import dev.keyhold.keystore.facet.CertificateStore;
import dev.keyhold.keystore.facet.Decryptions;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.Macs;
import dev.keyhold.keystore.facet.Naming;
import dev.keyhold.keystore.facet.PublicKeys;
import dev.keyhold.keystore.facet.RandomSource;
import dev.keyhold.keystore.facet.Rotation;
import dev.keyhold.keystore.facet.Signatures;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Keys in memory, with faults on demand that no emulator makes. For this module's tests only. */
public final class FakeBackend
    implements Backend,
        Keks,
        Macs,
        PublicKeys,
        Signatures,
        Decryptions,
        Agreements,
        CertificateStore,
        KeyMaking,
        Rotation,
        Naming,
        RandomSource {
  /** What happens before each call; set by a test. */
  @FunctionalInterface
  public interface Fault {
    void strike() throws BackendException;

    /** Every call fails so. */
    static Fault failing(Reason reason, String message) {
      return () -> {
        throw new BackendException(reason, message);
      };
    }
  }

  /** How a key without a name is known here. */
  private static final String NO_NAME = "no-name-";

  /** Type "fake"; keeps the last one made, by its name in the configuration. */
  public static final class Factory implements BackendFactory {
    /** For tests that do not make the factory. */
    public static final Map<String, FakeBackend> LAST = new ConcurrentHashMap<>();

    public final Map<String, FakeBackend> made = new ConcurrentHashMap<>();

    @Override
    public String type() {
      return "fake";
    }

    @Override
    public BackendSource configure(BackendOptions options) {
      options.secret("pin");
      options.integer("size", 1, 10, 1);
      String place = options.optional("twin").isPresent() ? "" : "@" + options.backend();
      boolean remote = options.optional("remote").isPresent();
      return () -> {
        FakeBackend backend = new FakeBackend(remote, place);
        made.put(options.backend(), backend);
        LAST.put(options.backend(), backend);
        return backend;
      };
    }
  }

  public volatile Fault fault = () -> {};

  /** What happens while it is prepared. */
  public volatile Fault preparation = () -> {};

  /** What happens once a key was made, before that is answered. */
  public volatile Fault afterCreation = () -> {};

  public final AtomicInteger preparations = new AtomicInteger();
  public final AtomicInteger calls = new AtomicInteger();
  public final AtomicInteger creations = new AtomicInteger();
  public final AtomicInteger wraps = new AtomicInteger();

  /** How often it was asked, in a call, who a key is. */
  public final AtomicInteger identifications = new AtomicInteger();

  /** Is shown what is wrapped. */
  public volatile Consumer<byte[]> wrapping = dataKey -> {};

  /** Is shown what was unwrapped: the very array that is handed out. */
  public volatile Consumer<byte[]> unwrapped = dataKey -> {};

  /** The access of each call, one after the other. */
  public final List<Access> accesses = new CopyOnWriteArrayList<>();

  public volatile boolean knowsIdentities = true;
  public volatile boolean closed;
  public volatile boolean failsToClose;

  private final boolean remote;
  private final String place;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, byte[]> keys = new ConcurrentHashMap<>();
  private final Map<String, KeySpec> macKeys = new ConcurrentHashMap<>();
  private final Map<String, List<byte[]>> former = new ConcurrentHashMap<>();
  public final Map<String, FakePair> pairs = new ConcurrentHashMap<>();
  private final Map<String, List<byte[]>> certificates = new ConcurrentHashMap<>();
  public volatile boolean keepsCertificates = true;
  public volatile boolean renames = true;
  private volatile String failing = "";

  public FakeBackend(boolean remote, String place) {
    this.remote = remote;
    this.place = place;
  }

  @Override
  public void prepare() throws BackendException {
    preparations.incrementAndGet();
    preparation.strike();
  }

  @Override
  public Backend forAccess(Access access) {
    accesses.add(access);
    return this;
  }

  @Override
  public <F extends Facet> Optional<F> facet(Class<F> type) {
    boolean lacks =
        (type == CertificateStore.class && !keepsCertificates)
            || (type == Naming.class && !renames);
    return lacks ? Optional.empty() : Backend.super.facet(type);
  }

  @Override
  public boolean isRemote() {
    return remote;
  }

  @Override
  public Set<Purpose> purposesOf(KeySpec spec) {
    return spec.isKeyPair() ? FakePair.purposesOf(spec) : Set.of(Purpose.ENCRYPT, Purpose.MAC);
  }

  @Override
  public Optional<String> nameOf(KeyUri uri) {
    return uri.scheme().equals("fake") ? Optional.of(uri.path()) : Optional.empty();
  }

  @Override
  public List<KeyMetadata> list() throws BackendException {
    strike();
    return Stream.concat(keys.keySet().stream(), pairs.keySet().stream())
        .sorted()
        .map(this::metadata)
        .toList();
  }

  @Override
  public KeyMetadata describe(String key) throws BackendException {
    if (!pairs.containsKey(key)) {
      material(key);
    } else {
      strike();
    }
    return metadata(key);
  }

  @Override
  public String identity(String key) {
    identifications.incrementAndGet();
    return "fake:" + key + place;
  }

  @Override
  public Optional<String> knownIdentity(String key) {
    return knowsIdentities ? Optional.of("fake:" + key + place) : Optional.empty();
  }

  @Override
  public KeyMetadata create(KeyRequest request) throws BackendException {
    creations.incrementAndGet();
    strike();
    if (keys.containsKey(request.name()) || pairs.containsKey(request.name())) {
      throw new BackendException(Reason.DENIED, "the name exists");
    }
    if (request.spec().isKeyPair()) {
      pairs.put(request.name(), FakePair.make(request));
      afterCreation.strike();
      return metadata(request.name());
    }
    byte[] material = new byte[32];
    random.nextBytes(material);
    keys.put(request.name(), material);
    if (request.purposes().contains(Purpose.MAC)) {
      macKeys.put(request.name(), request.spec());
    }
    afterCreation.strike();
    return metadata(request.name());
  }

  @Override
  public KeyMetadata rotate(String key) throws BackendException {
    byte[] former = material(key);
    former(key).add(former);
    byte[] material = new byte[32];
    random.nextBytes(material);
    keys.put(key, material);
    return metadata(key);
  }

  private List<byte[]> former(String key) {
    return former.computeIfAbsent(key, k -> new CopyOnWriteArrayList<>());
  }

  private String version(String key) {
    return Integer.toString(former(key).size() + 1);
  }

  /** The material of a version. */
  private byte[] material(String key, String version) throws BackendException {
    byte[] current = material(key);
    int index = version.matches("[1-9]") ? Integer.parseInt(version) - 1 : Integer.MAX_VALUE;
    if (index > former(key).size()) {
      throw new BackendException(Reason.NOT_FOUND, "there is no such version");
    }
    return index < former(key).size() ? former(key).get(index) : current;
  }

  /** Takes the older versions of a key away, as their destruction does. */
  public void forgetFormerVersions(String key) {
    former(key).replaceAll(material -> new byte[32]);
  }

  @Override
  public KeyMetadata rename(String key, String newName) throws BackendException {
    if (failing.equals("rename " + newName)) {
      throw new BackendException(Reason.DENIED, "told to fail");
    }
    if (keys.containsKey(newName) || pairs.containsKey(newName)) {
      throw new BackendException(Reason.DENIED, "the name exists");
    }
    List<byte[]> chain = certificates.remove(key);
    if (chain != null) {
      certificates.put(newName, chain);
    }
    if (pairs.containsKey(key)) {
      strike();
      pairs.put(newName, pairs.remove(key));
    } else {
      keys.put(newName, material(key));
      keys.remove(key);
    }
    return metadata(newName);
  }

  @Override
  public KeyUri unname(String key) throws BackendException {
    return rename(key, NO_NAME + key).uri();
  }

  @Override
  public WrappedKey wrap(String key, WrapContext context, byte[] dataKey) throws BackendException {
    byte[] kek = material(key);
    wrapping.accept(dataKey);
    byte[] wrapped = HmacDerive.wrap(seed -> hmac("HmacSHA256", kek, seed), context, dataKey);
    wraps.incrementAndGet();
    return new WrappedKey(identity(key), version(key), WrapMechanism.HMAC_DERIVE, wrapped);
  }

  @Override
  public byte[] unwrap(String key, WrappedKey wrapped, WrapContext context)
      throws BackendException {
    byte[] kek = material(key, wrapped.version());
    if (wrapped.mechanism() != WrapMechanism.HMAC_DERIVE) {
      throw new BackendException(Reason.BAD_CIPHERTEXT, "not wrapped as this key wraps");
    }
    byte[] dataKey =
        HmacDerive.unwrap(
            message -> hmac("HmacSHA256", kek, message),
            context,
            wrapped.mechanism(),
            wrapped.bytes());
    unwrapped.accept(dataKey);
    return dataKey;
  }

  @Override
  public byte[] mac(String key, String algorithm, byte[] message) throws BackendException {
    return hmac(algorithm, material(key), message);
  }

  @Override
  public byte[] publicKey(String key) throws BackendException {
    return pair(key).encodedPublicKey();
  }

  @Override
  public byte[] sign(String key, SignatureAlgorithm algorithm, byte[] input)
      throws BackendException {
    return pair(key).sign(algorithm, input);
  }

  @Override
  public byte[] decrypt(String key, RsaPadding padding, byte[] label, byte[] ciphertext)
      throws BackendException {
    return pair(key).decrypt(padding, label, ciphertext);
  }

  @Override
  public byte[] agree(String key, byte[] peer) throws BackendException {
    return pair(key).agree(peer);
  }

  @Override
  public List<byte[]> certificates(String key) throws BackendException {
    strike();
    return certificates.getOrDefault(key, List.of());
  }

  @Override
  public void keepCertificates(String key, List<byte[]> chain) throws BackendException {
    strike();
    certificates.put(key, List.copyOf(chain));
  }

  private FakePair pair(String key) throws BackendException {
    strike();
    FakePair pair = pairs.get(key);
    if (pair == null) {
      throw new BackendException(Reason.NOT_FOUND, "there is no such key pair");
    }
    return pair;
  }

  @Override
  public byte[] random(int length) throws BackendException {
    strike();
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  @Override
  public void close() {
    closed = true;
    if (failsToClose) {
      throw new IllegalStateException("told to fail");
    }
  }

  /** Has one operation on one key be denied; empty strings for none. */
  public void failing(String operation, String key) {
    failing = operation + " " + key;
  }

  /** Makes this another process's view of the same place. */
  public void shareKeysOf(FakeBackend other) {
    keys.putAll(other.keys);
    other.former.forEach((key, materials) -> former(key).addAll(materials));
  }

  private void strike() throws BackendException {
    calls.incrementAndGet();
    fault.strike();
  }

  private byte[] material(String key) throws BackendException {
    strike();
    byte[] material = keys.get(key);
    if (material == null) {
      throw new BackendException(Reason.NOT_FOUND, "there is no such key");
    }
    return material;
  }

  private KeyMetadata metadata(String name) {
    FakePair pair = pairs.get(name);
    if (pair != null) {
      return new KeyMetadata(
          name.startsWith(NO_NAME) ? "" : name,
          new KeyUri("fake", name),
          identity(name),
          pair.spec(),
          pair.purposes(),
          KeyState.ACTIVE,
          List.of(new KeyVersion("1", KeyState.ACTIVE, Optional.empty())),
          KeyAttributes.NONE.withSignatures(pair.signatures()).withPaddings(pair.paddings()));
    }
    return new KeyMetadata(
        name.startsWith(NO_NAME) ? "" : name,
        new KeyUri("fake", name),
        identity(name),
        macKeys.getOrDefault(name, KeySpec.AES_256),
        Set.of(macKeys.containsKey(name) ? Purpose.MAC : Purpose.ENCRYPT),
        KeyState.ACTIVE,
        List.of(new KeyVersion(version(name), KeyState.ACTIVE, Optional.empty())));
  }

  private static byte[] hmac(String algorithm, byte[] key, byte[] message) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(key, algorithm));
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
