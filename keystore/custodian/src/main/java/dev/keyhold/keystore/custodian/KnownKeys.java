package dev.keyhold.keystore.custodian;

import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.kit.BoundedMemory;
import java.util.Optional;

/** What custodians told of keys: their identities and names. Thread-safe. */
final class KnownKeys {
  private static final int MOST = 10_000;

  private final BoundedMemory<String, String> identities = new BoundedMemory<>(MOST);
  private final BoundedMemory<KeyUri, String> names = new BoundedMemory<>(MOST);

  Optional<String> identity(String key) {
    return identities.get(key);
  }

  Optional<String> name(KeyUri uri) {
    return names.get(uri);
  }

  /** Remembers the identity of what a key was called. */
  void put(String key, String identity) {
    identities.put(key, identity);
  }

  /** Remembers a key by its name and its URI. */
  void put(KeyMetadata key) {
    if (!key.name().isEmpty()) {
      identities.put(key.name(), key.identity());
      names.put(key.uri(), key.name());
    }
    identities.put(key.uri().toString(), key.identity());
  }

  void forget(String key) {
    identities.remove(key);
  }
}
