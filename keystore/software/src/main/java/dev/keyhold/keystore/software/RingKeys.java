package dev.keyhold.keystore.software;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.ErasableKey;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.software.file.RingHolder;
import dev.keyhold.keystore.software.ring.KeyRing;
import dev.keyhold.keystore.software.ring.StoredKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Finds the keys of the ring, and changes them. Thread-safe. */
final class RingKeys {
  private final RingHolder store;
  private final ParsedKeys parsed;
  private final boolean pkcs1Decryption;
  private volatile KeyRing seen;

  RingKeys(RingHolder store, ParsedKeys parsed, boolean pkcs1Decryption) {
    this.store = store;
    this.parsed = parsed;
    this.pkcs1Decryption = pkcs1Decryption;
  }

  /** A change of one key that adds no material. */
  @FunctionalInterface
  interface Edit {
    StoredKey apply(StoredKey key) throws BackendException;
  }

  /** Returns the key as it is in memory; if it is not there, looks at the file. */
  StoredKey find(String key) throws BackendException {
    Optional<StoredKey> known = noted(store.current()).find(key);
    return known.isPresent() ? known.get() : findFresh(key);
  }

  /** Returns the key as it is in the file. */
  StoredKey findFresh(String key) throws BackendException {
    return find(fresh(), key);
  }

  StoredKey find(KeyRing ring, String key) throws BackendException {
    return ring.find(key)
        .orElseThrow(() -> new BackendException(Reason.NOT_FOUND, store.notFound(key)));
  }

  /** Returns a key pair; fails with UNSUPPORTED for a key that is none. */
  StoredKey findPair(String name) throws BackendException {
    StoredKey key = find(name);
    if (!key.spec().isKeyPair()) {
      throw new BackendException(
          Reason.UNSUPPORTED, "the key is " + key.spec() + ", no key pair: it has no public half");
    }
    return key;
  }

  List<KeyMetadata> list() throws BackendException {
    return fresh().sorted().stream().map(this::metadata).toList();
  }

  KeyMetadata metadata(StoredKey key) {
    return key.metadata(pkcs1Decryption);
  }

  /** Returns the time of the ring's last change, if it is known. */
  Optional<Instant> lastChange() {
    return store.lastChange();
  }

  KeyRing update(RingHolder.Change change) throws BackendException {
    return noted(store.update(change));
  }

  KeyMetadata edit(String id, Edit edit) throws BackendException {
    KeyRing after =
        update(
            ring -> {
              StoredKey before = find(ring, id);
              StoredKey changed = edit.apply(before);
              return changed.equals(before) ? ring : ring.with(changed);
            });
    return metadata(find(after, id));
  }

  /** Makes a change that adds material; if it fails, nobody else has it. */
  KeyMetadata change(String id, ErasableKey added, RingHolder.Change change)
      throws BackendException {
    boolean done = false;
    try {
      KeyMetadata changed = metadata(find(update(change), id));
      done = true;
      return changed;
    } finally {
      if (!done) {
        added.destroy();
      }
    }
  }

  private KeyRing fresh() throws BackendException {
    return noted(store.fresh());
  }

  /** Takes note of a ring that is new, since keys may be gone from it. */
  private KeyRing noted(KeyRing ring) {
    if (ring != seen) {
      seen = ring;
      parsed.forgetDestroyed();
    }
    return ring;
  }
}
