package dev.keyhold.keystore.software.ring;

import dev.keyhold.keystore.ErasableKey;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * All keys of one file at one moment. Immutable but for the material, which is zeroed in place;
 * thread-safe.
 */
public final class KeyRing {
  public static final KeyRing EMPTY = new KeyRing(List.of());

  private final Map<String, StoredKey> byId = new LinkedHashMap<>();
  private final Map<String, StoredKey> byName = new HashMap<>();

  /**
   * A ring of these keys.
   *
   * @throws IllegalArgumentException if two have the same id or the same name
   */
  public KeyRing(Collection<StoredKey> keys) {
    for (StoredKey key : keys) {
      if (byId.put(key.id(), key) != null
          || (!key.name().isEmpty() && byName.put(key.name(), key) != null)) {
        throw new IllegalArgumentException("two keys with one id or name");
      }
    }
  }

  /** Returns the key with this name, id or URI. */
  public Optional<StoredKey> find(String key) {
    StoredKey named = byName.get(key);
    if (named != null) {
      return Optional.of(named);
    }
    boolean isUri = key.startsWith(StoredKey.URI_PREFIX);
    return Optional.ofNullable(
        byId.get(isUri ? key.substring(StoredKey.URI_PREFIX.length()) : key));
  }

  public boolean hasName(String name) {
    return byName.containsKey(name);
  }

  /** Returns all keys, in the order in which they were made. */
  public Collection<StoredKey> keys() {
    return Collections.unmodifiableCollection(byId.values());
  }

  /** Returns all keys by name; those without one come first, by id. */
  public List<StoredKey> sorted() {
    return byId.values().stream()
        .sorted(Comparator.comparing(StoredKey::name).thenComparing(StoredKey::id))
        .toList();
  }

  /** Returns a ring with this key added, or in place of the one that has its id. */
  public KeyRing with(StoredKey key) {
    Map<String, StoredKey> keys = new LinkedHashMap<>(byId);
    keys.put(key.id(), key);
    return new KeyRing(keys.values());
  }

  /**
   * Returns a copy with the material objects of an older one wherever both hold the same key: so a
   * key that is in use elsewhere can outlive the ring it came from. The copies that are not needed
   * any more, of both rings, are zeroed.
   */
  public KeyRing succeeding(KeyRing older) {
    KeyRing successor = new KeyRing(byId.values().stream().map(key -> adopt(key, older)).toList());
    Set<ErasableKey> kept = Collections.newSetFromMap(new IdentityHashMap<>());
    successor.forEachMaterial(kept::add);
    destroyExcept(kept);
    older.destroyExcept(kept);
    return successor;
  }

  private static StoredKey adopt(StoredKey key, KeyRing older) {
    StoredKey before = older.byId.get(key.id());
    if (before == null) {
      return key;
    }
    Map<Integer, ErasableKey> known = new HashMap<>();
    before.versions().forEach(version -> known.put(version.number(), version.material()));
    return key.withVersions(
        key.versions().stream()
            .map(
                version -> {
                  ErasableKey same = known.get(version.number());
                  return same != null && same.sameAs(version.material())
                      ? version.withMaterial(same)
                      : version;
                })
            .toList());
  }

  /** Returns a copy as it is to be written now. */
  public KeyRing writtenAt(Instant now) {
    boolean doomed = byId.values().stream().anyMatch(key -> key.extras().destruction().isPresent());
    return doomed
        ? new KeyRing(byId.values().stream().map(key -> key.writtenAt(now)).toList())
        : this;
  }

  /** Returns the latest time that is noted anywhere in it; empty if it has no key. */
  public Optional<Instant> latestTime() {
    Stream<Instant> made =
        byId.values().stream().flatMap(key -> key.versions().stream().map(StoredVersion::created));
    Stream<Instant> written =
        byId.values().stream()
            .flatMap(key -> key.extras().destruction().stream())
            .flatMap(doom -> doom.lastWrite().stream());
    return Stream.concat(made, written).max(Comparator.naturalOrder());
  }

  /** Returns a ring without the key that has this id, whose material stays as it is. */
  public KeyRing without(String id) {
    Map<String, StoredKey> keys = new LinkedHashMap<>(byId);
    keys.remove(id);
    return new KeyRing(keys.values());
  }

  /** Zeroes all material. */
  public void destroy() {
    forEachMaterial(ErasableKey::destroy);
  }

  private void destroyExcept(Set<ErasableKey> kept) {
    forEachMaterial(
        material -> {
          if (!kept.contains(material)) {
            material.destroy();
          }
        });
  }

  private void forEachMaterial(Consumer<ErasableKey> action) {
    byId.values().forEach(key -> key.versions().forEach(v -> action.accept(v.material())));
  }
}
