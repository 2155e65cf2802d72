package dev.keyhold.keystore.googlekms;

import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.GetCryptoKeyRequest;
import com.google.cloud.kms.v1.KeyManagementServiceClient;
import com.google.cloud.kms.v1.ListCryptoKeyVersionsRequest;
import com.google.cloud.kms.v1.ListCryptoKeysRequest;
import dev.keyhold.keystore.AfterChange;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.kit.BoundedMemory;
import dev.keyhold.keystore.kit.Pages;
import dev.keyhold.keystore.kit.Parallel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Reads keys, and remembers what was read: what a key is for never changes, and what may change is
 * read anew where an answer of the service shows that it has. Thread-safe.
 */
final class GoogleKeyDirectory {
  private static final int PAGE = 100;
  private static final String SERVICE = "Cloud KMS";
  private static final int MAX_REMEMBERED = 10_000;
  private static final long MAX_AGE_NANOS = 60_000_000_000L;
  private static final long PAUSE_NANOS = 5_000_000_000L;

  private final GoogleConnection connection;
  private final String ring;
  private final BoundedMemory<String, Remembered> read = new BoundedMemory<>(MAX_REMEMBERED);

  /** The times at which keys were read again without finding anything new. */
  private final BoundedMemory<String, Long> inVain = new BoundedMemory<>(MAX_REMEMBERED);

  private record Remembered(GoogleKey key, long at) {}

  GoogleKeyDirectory(GoogleConnection connection, String ring) {
    this.connection = connection;
    this.ring = ring;
  }

  KeyMetadata describe(String name) throws BackendException {
    return Metadata.of(fresh(name), ring);
  }

  /** Returns a key as it is after a change. */
  KeyMetadata changed(String name) throws BackendException {
    return AfterChange.read(() -> describe(name));
  }

  /** Returns all keys of the ring, with all their versions. */
  List<GoogleKey> all() throws BackendException {
    List<CryptoKey> keys = new ArrayList<>();
    Pages.each(
        SERVICE,
        from ->
            connection.call(
                KeyManagementServiceClient::listCryptoKeysCallable,
                ListCryptoKeysRequest.newBuilder()
                    .setParent(ring)
                    .setPageSize(PAGE)
                    .setPageToken(from.orElse(""))
                    .build(),
                GoogleErrors.of("cloudkms.cryptoKeys.list")),
        page -> next(page.getNextPageToken()),
        page -> keys.addAll(page.getCryptoKeysList()));
    return Parallel.map(keys, key -> List.of(withVersions(key)));
  }

  private GoogleKey withVersions(CryptoKey key) throws BackendException {
    KeyName name = KeyName.parse(key.getName(), ring).orElseThrow(() -> strange("key"));
    return new GoogleKey(name, key, versions(name));
  }

  private static Optional<String> next(String token) {
    return Optional.of(token).filter(text -> !text.isEmpty());
  }

  /** Returns a key, read anew. */
  GoogleKey fresh(String key) throws BackendException {
    KeyName name = name(key);
    CryptoKey cryptoKey =
        connection.call(
            KeyManagementServiceClient::getCryptoKeyCallable,
            GetCryptoKeyRequest.newBuilder().setName(name.key()).build(),
            GoogleErrors.of("cloudkms.cryptoKeys.get"));
    if (!cryptoKey.getName().equals(name.key())) {
      throw Checksums.corrupted("it told of another key");
    }
    GoogleKey found = new GoogleKey(name, cryptoKey, versions(name));
    if (name.version().isPresent() && found.version(name.version().get()).isEmpty()) {
      throw new BackendException(Reason.NOT_FOUND, "the key has no such version");
    }
    read.put(key, new Remembered(found, System.nanoTime()));
    return found;
  }

  /** A key as it was read last. */
  GoogleKey known(String key) throws BackendException {
    Optional<Remembered> found = read.get(key);
    return found.isPresent() ? found.get().key() : fresh(key);
  }

  /** A key as it was at most a minute ago: for those whose newest version is chosen here. */
  GoogleKey recent(String key) throws BackendException {
    Optional<Remembered> young =
        read.get(key).filter(found -> System.nanoTime() - found.at() < MAX_AGE_NANOS);
    return young.isPresent() ? young.get().key() : fresh(key);
  }

  /**
   * A key as it was read last, if that will do, else read anew. After a reading that would not do
   * either there is a pause of 5 s: forged objects must not cost requests each.
   */
  GoogleKey knownWith(String key, Predicate<GoogleKey> sought) throws BackendException {
    GoogleKey found = known(key);
    if (sought.test(found)
        || inVain.get(key).filter(last -> System.nanoTime() - last < PAUSE_NANOS).isPresent()) {
      return found;
    }
    found = fresh(key);
    if (sought.test(found)) {
      inVain.remove(key);
    } else {
      inVain.put(key, System.nanoTime());
    }
    return found;
  }

  /** Forgets what was read of a key, because it has changed. */
  void forget(KeyName name) {
    read.removeIf(remembered -> remembered.key().name().key().equals(name.key()));
  }

  KeyName name(String key) throws BackendException {
    return KeyName.parse(key, ring)
        .orElseThrow(
            () ->
                new BackendException(
                    Reason.NOT_FOUND,
                    "no key of Cloud KMS can be called '"
                        + key
                        + "': an id has 1 to 63 letters, digits, '-' and '_'"));
  }

  private List<CryptoKeyVersion> versions(KeyName name) throws BackendException {
    List<CryptoKeyVersion> versions = new ArrayList<>();
    Pages.each(
        SERVICE,
        from ->
            connection.call(
                KeyManagementServiceClient::listCryptoKeyVersionsCallable,
                ListCryptoKeyVersionsRequest.newBuilder()
                    .setParent(name.key())
                    .setPageSize(PAGE)
                    .setPageToken(from.orElse(""))
                    .build(),
                GoogleErrors.of("cloudkms.cryptoKeyVersions.list")),
        page -> next(page.getNextPageToken()),
        page -> {
          for (CryptoKeyVersion version : page.getCryptoKeyVersionsList()) {
            if (name.numberIn(version.getName()).isEmpty()) {
              throw strange("version of another key");
            }
            versions.add(version);
          }
        });
    return versions;
  }

  private static BackendException strange(String what) {
    return new BackendException(
        Reason.UNAVAILABLE, "Cloud KMS answered with what cannot be: an unknown " + what);
  }
}
