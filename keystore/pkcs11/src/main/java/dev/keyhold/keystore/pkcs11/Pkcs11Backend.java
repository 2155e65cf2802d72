package dev.keyhold.keystore.pkcs11;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.HmacDerive;
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
import dev.keyhold.keystore.facet.CertificateStore;
import dev.keyhold.keystore.facet.Decryptions;
import dev.keyhold.keystore.facet.Destruction;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.KeyImport;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.Macs;
import dev.keyhold.keystore.facet.Naming;
import dev.keyhold.keystore.facet.PublicKeys;
import dev.keyhold.keystore.facet.RandomSource;
import dev.keyhold.keystore.facet.Rotation;
import dev.keyhold.keystore.facet.Signatures;
import dev.keyhold.keystore.facet.Suspension;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Keys in one token of an HSM. Names, versions and purposes are in the labels of its objects (see
 * {@link ObjectLabel}); keys never leave the token, which logs in once per process.
 */
final class Pkcs11Backend
    implements Backend,
        Keks,
        Macs,
        PublicKeys,
        Signatures,
        Decryptions,
        Agreements,
        CertificateStore,
        KeyMaking,
        KeyImport,
        Rotation,
        Naming,
        RandomSource {
  private static final int MAX_DATA_KEY = 64;

  private final String tokenLabel;
  private final TokenConnection connection;
  private final Pin pin;
  private final KeyDirectory directory;
  private final KeyAdmin admin;
  private final GcmWrapper gcm;
  private final Purposes purposes;
  private final PrivateKeyUse use;

  Pkcs11Backend(
      String tokenLabel, TokenConnection connection, Pin pin, Pkcs11Choices choices, Clock clock) {
    this(tokenLabel, connection, pin, choices, clock, new GcmWrapper(GcmWrapper.MAX_WRAPS));
  }

  Pkcs11Backend(
      String tokenLabel,
      TokenConnection connection,
      Pin pin,
      Pkcs11Choices choices,
      Clock clock,
      GcmWrapper gcm) {
    this.tokenLabel = tokenLabel;
    this.connection = connection;
    this.pin = pin;
    this.gcm = gcm;
    this.directory = new KeyDirectory(connection, clock);
    this.purposes = new Purposes(choices.pkcs1Decryption());
    this.use = new PrivateKeyUse(choices.pkcs1Decryption());
    this.admin = new KeyAdmin(connection, directory, purposes, choices.wrap(), gcm, clock);
  }

  @Override
  public boolean isRemote() {
    return true;
  }

  @Override
  public Set<Purpose> purposesOf(KeySpec spec) {
    return purposes.of(spec);
  }

  @Override
  public void unlock(char[] secret) {
    pin.supply(secret);
  }

  @Override
  public Optional<String> nameOf(KeyUri uri) {
    return Pkcs11Uri.parse(uri)
        .filter(parsed -> parsed.token().filter(t -> !t.equals(tokenLabel)).isEmpty())
        .map(Pkcs11Uri::object);
  }

  /** Two modules may have tokens of one label: the library tells them apart. */
  @Override
  public Optional<Residence> residence(String key) {
    return Optional.of(
        new Residence("token", "%s (%s)".formatted(tokenLabel, connection.library())));
  }

  @Override
  public List<KeyMetadata> list() throws BackendException {
    List<KeyMetadata> keys = new ArrayList<>();
    for (KeyFamily family : directory.all()) {
      keys.add(metadata(family));
    }
    keys.sort(Comparator.comparing(KeyMetadata::name));
    return List.copyOf(keys);
  }

  @Override
  public KeyMetadata describe(String key) throws BackendException {
    return metadata(directory.fresh(key).orElseThrow(() -> notFound(key)));
  }

  @Override
  public String identity(String key) {
    return Pkcs11Uri.identity(key);
  }

  @Override
  public Optional<String> knownIdentity(String key) {
    return Optional.of(identity(key));
  }

  @Override
  public KeyMetadata create(KeyRequest request) throws BackendException {
    admin.create(request);
    return describe(request.name());
  }

  @Override
  public KeyMetadata importKey(KeyRequest request, byte[] material) throws BackendException {
    admin.importKey(request, material);
    return describe(request.name());
  }

  @Override
  public KeyMetadata rotate(String key) throws BackendException {
    admin.rotate(key);
    return describe(key);
  }

  @Override
  public KeyMetadata rename(String key, String newName) throws BackendException {
    admin.rename(key, newName);
    return describe(newName);
  }

  @Override
  public KeyUri unname(String key) throws BackendException {
    return Pkcs11Uri.of(tokenLabel, admin.unname(key));
  }

  @Override
  public String ifAbsent(Class<? extends Facet> type) {
    if (type == Suspension.class) {
      return "a key in a PKCS#11 token can't be disabled, or enabled again: take its alias off the"
          + " configuration, or change the token's PIN";
    }
    return type == Destruction.class
        ? "a key in a PKCS#11 token can't be scheduled for destruction, or saved from it: destroy its"
            + " objects with the HSM vendor's tool or pkcs11-tool --delete-object, which takes effect"
            + " at once"
        : Backend.super.ifAbsent(type);
  }

  @Override
  public Optional<WrapMechanism> mechanism(String key) throws BackendException {
    return Optional.of(family(key, Purpose.ENCRYPT).current().mechanism());
  }

  @Override
  public WrappedKey wrap(String key, WrapContext context, byte[] dataKey) throws BackendException {
    if (dataKey.length < 1 || dataKey.length > MAX_DATA_KEY) {
      throw new IllegalArgumentException("a data key has 1 to 64 bytes, not " + dataKey.length);
    }
    KeyObject kek = family(key, Purpose.ENCRYPT).current();
    Token token = connection.token();
    String label = kek.label().toString();
    byte[] wrapped =
        kek.mechanism() == WrapMechanism.AES_GCM
            ? gcm.wrap(token, label, context, dataKey)
            : HmacDerive.wrap(hmac(token, label), context, dataKey);
    return new WrappedKey(identity(key), kek.label().versionId(), kek.mechanism(), wrapped);
  }

  @Override
  public byte[] unwrap(String key, WrappedKey wrapped, WrapContext context)
      throws BackendException {
    KeyObject kek = version(key, wrapped.version());
    if (!kek.unwraps(wrapped.mechanism())) {
      throw new BackendException(
          Reason.BAD_CIPHERTEXT, "this version of the key does not wrap by " + wrapped.mechanism());
    }
    Token token = connection.token();
    String label = kek.label().toString();
    return kek.mechanism() == WrapMechanism.AES_GCM
        ? gcm.unwrap(token, label, context, wrapped.bytes())
        : HmacDerive.unwrap(hmac(token, label), context, wrapped.mechanism(), wrapped.bytes());
  }

  @Override
  public byte[] mac(String key, String algorithm, byte[] message) throws BackendException {
    KeyObject macKey = family(key, Purpose.MAC).current();
    if (!macKey.spec().algorithm().equals(algorithm)) {
      throw new BackendException(
          Reason.UNSUPPORTED, "this key is for " + macKey.spec().algorithm() + " alone");
    }
    if (message.length > maxMacMessage()) {
      throw new BackendException(
          Reason.UNSUPPORTED, "the longest message for a MAC is " + maxMacMessage() + " bytes");
    }
    return connection.token().hmac(macKey.label().toString(), algorithm, message);
  }

  @Override
  public byte[] publicKey(String key) throws BackendException {
    KeyFamily family = directory.recent(key).orElseThrow(() -> notFound(key));
    return family.keyPair().publicKey().getEncoded();
  }

  @Override
  public byte[] sign(String key, SignatureAlgorithm algorithm, byte[] input)
      throws BackendException {
    return with(key, Purpose.SIGN, (token, pair) -> use.sign(token, pair, algorithm, input));
  }

  @Override
  public byte[] decrypt(String key, RsaPadding padding, byte[] label, byte[] ciphertext)
      throws BackendException {
    return with(
        key, Purpose.DECRYPT, (token, pair) -> use.decrypt(token, pair, padding, ciphertext));
  }

  @Override
  public byte[] agree(String key, byte[] peer) throws BackendException {
    return with(key, Purpose.AGREE, (token, pair) -> use.agree(token, pair, peer));
  }

  @Override
  public List<byte[]> certificates(String key) throws BackendException {
    KeyFamily family = directory.fresh(key).orElseThrow(() -> notFound(key));
    return CertificateChain.encoded(connection.token().keyPairs().certificates(family.keyPair()));
  }

  @Override
  public void keepCertificates(String key, List<byte[]> chain) throws BackendException {
    admin.keepCertificates(key, chain);
  }

  @Override
  public byte[] random(int length) throws BackendException {
    return connection.token().random(length);
  }

  @Override
  public void close() {
    connection.close();
    pin.forget();
  }

  private static HmacDerive.Hmac hmac(Token token, String label) {
    return message -> token.hmac(label, "HmacSHA256", message);
  }

  private KeyMetadata metadata(KeyFamily family) throws BackendException {
    return family.metadata(tokenLabel, use.attributes(connection.token(), family.current()));
  }

  /** Uses a private key; one that is not there has another label by now, or is gone. */
  private byte[] with(String key, Purpose purpose, PairUse pairUse) throws BackendException {
    KeyFamily family = family(key, purpose);
    try {
      return pairUse.with(connection.token(), family.current());
    } catch (BackendException e) {
      if (e.reason() != Reason.NOT_FOUND) {
        throw e;
      }
    }
    family = directory.fresh(key).orElseThrow(() -> notFound(key));
    family.require(purpose);
    return pairUse.with(connection.token(), family.current());
  }

  private KeyFamily family(String key, Purpose purpose) throws BackendException {
    KeyFamily family = directory.recent(key).orElseThrow(() -> notFound(key));
    family.require(purpose);
    return family;
  }

  private KeyObject version(String key, String version) throws BackendException {
    Optional<KeyObject> known = family(key, Purpose.ENCRYPT).version(version);
    if (known.isPresent()) {
      return known.get();
    }
    KeyFamily family = directory.fresh(key).orElseThrow(() -> notFound(key));
    family.require(Purpose.ENCRYPT);
    return family
        .version(version)
        .orElseThrow(
            () ->
                new BackendException(
                    Reason.NOT_FOUND, "the token has no version '" + version + "' of this key"));
  }

  /** A use of a key pair. */
  @FunctionalInterface
  private interface PairUse {
    byte[] with(Token token, KeyObject pair) throws BackendException;
  }

  static BackendException notFound(String key) {
    return new BackendException(
        Reason.NOT_FOUND,
        "the token has no key named '"
            + key
            + "': it may have been renamed or deleted meanwhile (keyhold keys list shows what there"
            + " is, also without a name); a new key of this name opens nothing that an earlier one protected");
  }
}
