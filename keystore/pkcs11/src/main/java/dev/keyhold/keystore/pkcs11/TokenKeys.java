package dev.keyhold.keystore.pkcs11;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.Purpose;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds the keys of the token. Thread-safe. */
final class TokenKeys {
  private final String tokenLabel;
  private final TokenConnection connection;
  private final KeyDirectory directory;
  private final PrivateKeyUse use;

  TokenKeys(
      String tokenLabel, TokenConnection connection, KeyDirectory directory, PrivateKeyUse use) {
    this.tokenLabel = tokenLabel;
    this.connection = connection;
    this.directory = directory;
    this.use = use;
  }

  Token token() throws BackendException {
    return connection.token();
  }

  List<KeyMetadata> list() throws BackendException {
    List<KeyMetadata> keys = new ArrayList<>();
    for (KeyFamily family : directory.all()) {
      keys.add(metadata(family));
    }
    keys.sort(Comparator.comparing(KeyMetadata::name));
    return List.copyOf(keys);
  }

  KeyMetadata describe(String key) throws BackendException {
    return metadata(fresh(key));
  }

  /** Returns a key, read anew. */
  KeyFamily fresh(String key) throws BackendException {
    return directory.fresh(key).orElseThrow(() -> notFound(key));
  }

  /** Returns a key, as it was a short time ago. */
  KeyFamily recent(String key) throws BackendException {
    return directory.recent(key).orElseThrow(() -> notFound(key));
  }

  /** Returns a key of this purpose, as it was a short time ago. */
  KeyFamily family(String key, Purpose purpose) throws BackendException {
    KeyFamily family = recent(key);
    family.require(purpose);
    return family;
  }

  KeyObject version(String key, String version) throws BackendException {
    Optional<KeyObject> known = family(key, Purpose.ENCRYPT).version(version);
    if (known.isPresent()) {
      return known.get();
    }
    KeyFamily family = fresh(key);
    family.require(Purpose.ENCRYPT);
    return family
        .version(version)
        .orElseThrow(
            () ->
                new BackendException(
                    Reason.NOT_FOUND, "the token has no version '" + version + "' of this key"));
  }

  private KeyMetadata metadata(KeyFamily family) throws BackendException {
    return family.metadata(tokenLabel, use.attributes(connection.token(), family.current()));
  }

  private static BackendException notFound(String key) {
    return new BackendException(
        Reason.NOT_FOUND,
        "the token has no key named '"
            + key
            + "': it may have been renamed or deleted meanwhile (keyhold keys list shows what there"
            + " is, also without a name); a new key of this name opens nothing that an earlier one protected");
  }
}
