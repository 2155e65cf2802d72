package dev.keyhold.keystore.pkcs11;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.facet.CertificateStore;
import dev.keyhold.keystore.facet.KeyImport;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.Naming;
import dev.keyhold.keystore.facet.Rotation;
import dev.keyhold.keystore.pkcs11.library.ChangeLock;
import dev.keyhold.keystore.pkcs11.pairs.CertificateChain;
import dev.keyhold.keystore.pkcs11.pairs.ObjectLabel;
import dev.keyhold.keystore.pkcs11.pairs.PairRef;
import dev.keyhold.keystore.pkcs11.pairs.PrivateKeyOperation;
import dev.keyhold.keystore.pkcs11.pairs.SoftwarePair;
import dev.keyhold.keystore.pkcs11.token.ObjectKind;
import dev.keyhold.keystore.pkcs11.token.Token;
import dev.keyhold.keystore.pkcs11.token.TokenConnection;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Creates, rotates and renames the keys of the token, and keeps their certificates. Makes one
 * change at a time within this process. Other processes can make changes at the same time: a name
 * that then exists twice is reported. Thread-safe.
 */
final class TokenKeyChanges implements KeyMaking, KeyImport, Rotation, Naming, CertificateStore {
  private final String tokenLabel;
  private final TokenKeys keys;
  private final TokenConnection connection;
  private final TokenDirectory directory;
  private final Purposes purposes;
  private final WrapChoice wrapChoice;
  private final KeyRenaming renaming;
  private final Clock clock;
  private final ChangeLock changes = new ChangeLock();

  TokenKeyChanges(
      String tokenLabel,
      TokenKeys keys,
      TokenConnection connection,
      TokenDirectory directory,
      Purposes purposes,
      WrapChoice wrapChoice,
      GcmWrapper gcm,
      Clock clock) {
    this.tokenLabel = tokenLabel;
    this.keys = keys;
    this.connection = connection;
    this.directory = directory;
    this.purposes = purposes;
    this.wrapChoice = wrapChoice;
    this.renaming = new KeyRenaming(connection, gcm);
    this.clock = clock;
  }

  @Override
  public KeyMetadata create(KeyRequest request) throws BackendException {
    Purpose purpose = purposes.single(request);
    changes.exclusively(
        () -> {
          requireNewName(request.name());
          KeyObject key = toCreate(request, purpose);
          requireMechanism(key);
          generate(key);
        });
    return keys.describe(request.name());
  }

  @Override
  public KeyMetadata importKey(KeyRequest request, byte[] material) throws BackendException {
    Purpose purpose = purposes.single(request);
    if (request.spec().isKeyPair()) {
      importPair(request, purpose, SoftwarePair.read(request.spec(), material));
      return keys.describe(request.name());
    }
    if (8 * material.length != request.spec().bits()) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "the key material has " + 8 * material.length + " bits, not " + request.spec().bits());
    }
    changes.exclusively(
        () -> {
          requireNewName(request.name());
          KeyObject key = KeyObject.of(request.name(), 1, request.spec(), purpose);
          requireMechanism(key);
          connection.token().importKey(key.label().toString(), key.spec().algorithm(), material);
          requireUnambiguous(key);
        });
    return keys.describe(request.name());
  }

  private void importPair(KeyRequest request, Purpose purpose, SoftwarePair pair)
      throws BackendException {
    changes.exclusively(
        () -> {
          requireNewName(request.name());
          KeyObject key = KeyObject.of(request.name(), 1, request.spec(), purpose);
          requireMechanism(key);
          connection.token().keyPairs().importPair(key.label().toString(), pair, purpose);
          requireUnambiguous(key);
        });
  }

  @Override
  public List<byte[]> certificates(String key) throws BackendException {
    KeyFamily family = keys.fresh(key);
    return CertificateChain.encoded(keys.token().keyPairs().certificates(family.keyPair()));
  }

  @Override
  public void keepCertificates(String name, List<byte[]> encoded) throws BackendException {
    changes.exclusively(
        () -> {
          PairRef pair = keys.fresh(name).keyPair();
          List<X509Certificate> chain = CertificateChain.of(pair.publicKey(), encoded);
          connection.token().keyPairs().keep(pair, chain);
          keys.fresh(name).requireClear();
        });
  }

  @Override
  public KeyMetadata rotate(String name) throws BackendException {
    changes.exclusively(
        () -> {
          KeyFamily family = keys.fresh(name);
          family.require(Purpose.ENCRYPT);
          KeyObject current = family.current();
          int next = current.label().version() + 1;
          generate(KeyObject.of(name, next, current.spec(), Purpose.ENCRYPT));
        });
    return keys.describe(name);
  }

  @Override
  public KeyMetadata rename(String name, String newName) throws BackendException {
    changes.exclusively(
        () -> {
          KeyFamily family = keys.fresh(name);
          requireNewName(newName);
          renaming.rename(family, newName);
        });
    return keys.describe(newName);
  }

  @Override
  public KeyUri unname(String name) throws BackendException {
    AtomicReference<String> removed = new AtomicReference<>(name);
    changes.exclusively(
        () -> {
          KeyFamily family = keys.fresh(name);
          if (!RemovedName.isOne(name)) {
            removed.set(newRemovedName(name));
            renaming.rename(family, removed.get());
          }
        });
    return Pkcs11Uri.of(tokenLabel, removed.get());
  }

  private String newRemovedName(String name) throws BackendException {
    Instant now = clock.instant();
    int number = 1;
    while (directory.fresh(RemovedName.of(name, now, number)).isPresent()) {
      number++;
    }
    return RemovedName.of(name, now, number);
  }

  private KeyObject toCreate(KeyRequest request, Purpose purpose) throws BackendException {
    KeyObject asAsked = KeyObject.of(request.name(), 1, request.spec(), purpose);
    if (asAsked.kind() != ObjectKind.AES || wrapChoice == WrapChoice.AES_GCM) {
      return asAsked;
    }
    KeyObject hmac = KeyObject.hmacKek(request.name(), 1);
    boolean derives =
        wrapChoice == WrapChoice.HMAC_DERIVE
            || connection.token().computesHmac(hmac.spec().algorithm(), hmac.spec().bits());
    return derives ? hmac : asAsked;
  }

  private void requireMechanism(KeyObject key) throws BackendException {
    Token token = connection.token();
    KeySpec spec = key.spec();
    if (spec.isKeyPair() && !token.keyPairs().offers(PrivateKeyOperation.of(spec, key.purpose()))) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "this token has no mechanism for a " + spec + " key of purpose " + key.purpose());
    }
    if (key.kind() == ObjectKind.AES && !token.honoursGcmIv()) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "this token does not do AES-GCM with an IV from outside: create the KEK with"
              + " wrap = hmac-derive or auto");
    }
    if (key.kind() == ObjectKind.HMAC && !token.computesHmac(spec.algorithm(), spec.bits())) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "this token does not compute "
              + spec.algorithm()
              + " with a key of "
              + spec.bits()
              + " bits"
              + (key.purpose() == Purpose.ENCRYPT ? ", so that it can hold no such KEK" : ""));
    }
  }

  private void generate(KeyObject key) throws BackendException {
    String label = key.label().toString();
    if (key.spec().isKeyPair()) {
      connection.token().keyPairs().generate(label, key.spec(), key.purpose());
    } else {
      connection.token().generate(label, key.spec().algorithm(), key.spec().bits());
    }
    requireUnambiguous(key);
  }

  private void requireUnambiguous(KeyObject key) throws BackendException {
    // another process may have made the same name meanwhile, with another mark
    keys.fresh(key.label().name()).requireClear();
  }

  private void requireNewName(String name) throws BackendException {
    if (!ObjectLabel.isName(name)) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "the name of a key in a token has 1 to "
              + ObjectLabel.MAX_NAME_LENGTH
              + " printable ASCII characters (SunPKCS11 does not find others again)");
    }
    if (RemovedName.isOne(name)) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "a name of the form '" + name + "' stands for a key without a name: choose another");
    }
    if (directory.fresh(name).isPresent()) {
      throw new BackendException(
          Reason.DENIED,
          "the token has a key named '" + name + "' already: choose another name, or rotate it");
    }
  }
}
