package dev.keyhold.jca.keystore;

import dev.keyhold.gate.KeyRouter;
import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.jca.key.Callers;
import dev.keyhold.jca.key.KeyHandle;
import dev.keyhold.jca.key.PrivateKeyHandle;
import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.object.Combinator;
import dev.keyhold.policy.AliasPatterns;
import dev.keyhold.policy.KeyRef;
import dev.keyhold.policy.Policy;
import java.security.Key;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The aliases of a key store that was loaded without a file: the backends' keys, and the changes
 * that wait until the key store is stored. Only a key that a generator made without an alias, and
 * an imported one, gets its alias at once. Not thread-safe.
 */
final class LiveKeys {
  /**
   * An entry that was set and waits.
   *
   * @param key the key, under its new alias
   * @param ref where the key is at present
   * @param moves whether it is to get the alias as its name
   * @param former the alias that it loses then; null for none
   * @param chain the certificates to be kept; empty for no change of them
   * @param replaces the key that had the alias when this was set, and loses it; null for none
   */
  record Waiting(
      KeyHandle key,
      KeyRef ref,
      boolean moves,
      String former,
      List<X509Certificate> chain,
      KeyUri replaces) {
    /** Returns what waits still once the key has its new name. */
    Waiting moved(KeyHandle named, KeyRef place) {
      return new Waiting(named, place, false, null, chain, null);
    }
  }

  private final ProviderInstance instance;
  private final BackendKeys backendKeys;
  private final CertificateChains certificates;

  /** The aliases of the backends' keys that are shown; null for those of the configuration. */
  private final AliasPatterns chosen;

  private final Map<String, Waiting> waiting = new LinkedHashMap<>();

  /** The keys that had the aliases that were removed. */
  private final Map<String, KeyUri> removed = new LinkedHashMap<>();

  /** The entries that were set with this object, immediately or not, and still exist. */
  private final Map<String, StoredEntry> set = new LinkedHashMap<>();

  LiveKeys(ProviderInstance instance, CertificateChains certificates, AliasPatterns chosen) {
    this.instance = instance;
    this.certificates = certificates;
    this.chosen = chosen;
    backendKeys = new BackendKeys(instance);
  }

  // ---- what is there

  /** Returns all aliases that are shown, with the backends that did not answer. */
  BackendKeys.Listing list() throws BackendException {
    BackendKeys.Listing listing = backendKeys.list();
    Set<String> aliases = new TreeSet<>();
    for (String alias : listing.aliases()) {
      if (isShown(alias) && !isHidden(alias)) {
        aliases.add(alias);
      }
    }
    aliases.addAll(waiting.keySet());
    return new BackendKeys.Listing(aliases, listing.unreachable());
  }

  /** Returns the key of an alias, freshly read. */
  Optional<KeyMetadata> find(String alias) throws BackendException {
    Waiting set = waiting.get(alias);
    if (set != null) {
      KeyRouter router = instance.router();
      return Optional.of(router.describe(Callers.access(router, alias), set.ref()));
    }
    return isHidden(alias) || !isShown(alias) ? Optional.empty() : backendKeys.find(alias);
  }

  Optional<KeyHandle> key(String alias) throws BackendException {
    Waiting set = waiting.get(alias);
    if (set != null) {
      return Optional.of(set.key());
    }
    Optional<KeyMetadata> found = find(alias);
    return found.isEmpty() ? Optional.empty() : Optional.of(backendKeys.handle(alias, found.get()));
  }

  List<X509Certificate> chain(PrivateKeyHandle key) throws BackendException {
    Waiting set = waiting.get(key.alias());
    return set != null && !set.chain().isEmpty() ? set.chain() : certificates.chain(key);
  }

  /** Returns the reason why {@link #find} finds nothing. */
  String whyMissing(String alias) {
    if (isHidden(alias)) {
      return "this key store object has removed or renamed it";
    }
    try {
      return isShown(alias)
          ? backendKeys.whyMissing(alias)
          : "the key store shows these aliases only: " + shown();
    } catch (BackendException e) {
      return e.getMessage();
    }
  }

  private AliasPatterns shown() throws BackendException {
    return chosen != null ? chosen : instance.router().configuration().keyStoreAliases();
  }

  private boolean isShown(String alias) throws BackendException {
    return set.containsKey(alias) || shown().match(alias);
  }

  private boolean isHidden(String alias) {
    return removed.containsKey(alias)
        || waiting.values().stream().anyMatch(set -> alias.equals(set.former()));
  }

  // ---- changes

  /** Sets a key under an alias; see the class comment for when it takes effect. */
  void set(String alias, Key key, List<X509Certificate> certificateChain) throws BackendException {
    // a placeholder carries the former alias: the key gets a new one
    boolean none = certificateChain.isEmpty() || PlaceholderCertificate.isOne(certificateChain);
    List<X509Certificate> chain = none ? List.of() : certificateChain;
    KeyHandle shown =
        key instanceof KeyHandle handle && handle.isOf(instance)
            ? setHandle(alias, handle, chain)
            : importNow(alias, key, chain);
    set.put(alias, KeyEntries.stored(shown, chain));
  }

  private KeyHandle importNow(String alias, Key key, List<X509Certificate> chain)
      throws BackendException {
    KeyRouter router = instance.router();
    KeyRef place = BackendKeys.place(router, alias);
    if (isHidden(alias)) {
      throw new BackendException(
          Reason.DENIED,
          "the alias %s has a key until this key store is stored: store it, then import"
              .formatted(alias));
    }
    boolean kept =
        !chain.isEmpty()
            && !KeyEntries.isReplaceable(router, alias, place.backend(), chain)
            && KeyEntries.requireAPlace(router, alias, place.backend(), chain);
    Set<Purpose> purposes =
        chain.isEmpty() ? EnumSet.allOf(Purpose.class) : KeyEntries.allowed(chain.get(0));
    KeyHandle imported = backendKeys.importKey(alias, key, purposes);
    if (kept) {
      KeyEntries.keep(router, alias, place, chain);
    }
    waiting.remove(alias);
    return imported;
  }

  private KeyHandle setHandle(String alias, KeyHandle handle, List<X509Certificate> chain)
      throws BackendException {
    KeyRouter router = instance.router();
    Policy policy = router.policy(alias);
    if (policy.protectWith().combinator() != Combinator.SINGLE) {
      if (!alias.equals(handle.alias())) {
        BackendKeys.place(router, alias); // throws, since the configuration names its keys
      }
      removed.remove(alias);
      return handle;
    }
    KeyRef place = policy.soleKey();
    KeyRef byUri = byUri(router, alias, place.backend(), handle);
    Access access = Callers.access(router, alias);
    KeyMetadata current = router.describe(access, byUri);
    Optional<KeyMetadata> there = LiveChanges.find(router, access, place);
    if (there.isPresent() && there.get().uri().equals(current.uri())) {
      return keepName(alias, place, there.get(), chain);
    }
    BackendKeys.place(router, alias);
    String name = name(router, access, place.backend(), handle, current);
    KeyRef ref = name.isEmpty() ? byUri : new KeyRef(place.backend(), name);
    boolean hasAlias = !name.isEmpty() && !KeyRouter.isUnnamed(name);
    // a key without a name may be in key store files: only a generator's handle is new
    boolean isNew = !hasAlias && KeyRouter.isUnnamed(handle.alias());
    if (isNew && there.isEmpty()) {
      return nameNow(alias, ref, place, current, chain);
    }
    KeyUri deleted = removed.get(alias);
    KeyUri replaced = deleted != null ? deleted : there.map(KeyMetadata::uri).orElse(null);
    forgetMoves(current);
    removed.remove(alias);
    KeyHandle shown = backendKeys.handle(alias, current);
    waiting.put(alias, new Waiting(shown, ref, true, hasAlias ? name : null, chain, replaced));
    return shown;
  }

  private static KeyRef byUri(KeyRouter router, String alias, String backend, KeyHandle handle)
      throws BackendException {
    return router
        .facts()
        .nameOf(backend, handle.uri())
        .map(name -> new KeyRef(backend, name))
        .orElseThrow(
            () ->
                new BackendException(
                    Reason.DENIED,
                    "%s is not at backend %s, where the configuration routes the alias '%s'"
                        .formatted(handle, backend, alias)));
  }

  /** Returns the name under which a handle knows its key, if that is one of the key's names. */
  private static String name(
      KeyRouter router, Access access, String backend, KeyHandle handle, KeyMetadata current)
      throws BackendException {
    if (handle.alias().equals(current.name())) {
      return current.name();
    }
    Optional<KeyMetadata> known =
        LiveChanges.find(router, access, new KeyRef(backend, handle.alias()))
            .filter(key -> key.uri().equals(current.uri()));
    return known.isPresent() ? handle.alias() : current.name();
  }

  /** Sets a key whose alias it has already: only its certificates may change. */
  private KeyHandle keepName(
      String alias, KeyRef place, KeyMetadata key, List<X509Certificate> chain)
      throws BackendException {
    forgetMoves(key);
    removed.remove(alias);
    KeyHandle shown = backendKeys.handle(alias, key);
    boolean same =
        chain.isEmpty()
            || (shown instanceof PrivateKeyHandle pair && chain.equals(certificates.chain(pair)));
    if (same) {
      waiting.remove(alias);
    } else {
      waiting.put(alias, new Waiting(shown, place, false, null, chain, null));
    }
    return shown;
  }

  /** Forgets the names that were set before for the same key: a key has one name. */
  private void forgetMoves(KeyMetadata key) {
    waiting.values().removeIf(set -> set.moves() && set.key().uri().equals(key.uri()));
  }

  private KeyHandle nameNow(
      String alias, KeyRef ref, KeyRef place, KeyMetadata current, List<X509Certificate> chain)
      throws BackendException {
    KeyRouter router = instance.router();
    KeyMetadata named;
    try {
      named = router.administration(Callers.access(router, alias)).rename(ref, alias);
    } catch (BackendException e) {
      throw new BackendException(
          e.reason(),
          "%s; the key remains as %s, without an alias (keyhold keys list shows it)"
              .formatted(e.getMessage(), current.uri()),
          e);
    }
    forgetMoves(current);
    removed.remove(alias);
    KeyHandle shown = backendKeys.handle(alias, named);
    waiting.remove(alias);
    if (!chain.isEmpty()) {
      if (KeyEntries.isKept(router, alias, place.backend())) {
        KeyEntries.keep(router, alias, place, chain);
      } else if (!KeyEntries.isReplaceable(router, alias, place.backend(), chain)) {
        waiting.put(alias, new Waiting(shown, place, false, null, chain, null)); // store refuses it
      }
    }
    return shown;
  }

  /** Removes an alias, once the key store is stored. */
  void delete(String alias) throws BackendException {
    if (!isShown(alias) && !isHidden(alias)) {
      return;
    }
    Optional<KeyMetadata> there = backendKeys.find(alias); // first: it may fail
    waiting.remove(alias);
    set.remove(alias);
    there.ifPresent(key -> removed.putIfAbsent(alias, key.uri()));
  }

  /** Applies what waits: checks all of it first. */
  void store() throws BackendException {
    new LiveChanges(instance, waiting, removed).apply();
  }

  /**
   * Returns what a file of this key store holds: what was set with this object; all that is shown
   * where nothing was.
   *
   * @throws BackendException where a backend does not answer, since there may be more
   */
  Map<String, StoredEntry> entries(boolean onlySet) throws BackendException {
    if (onlySet || !set.isEmpty()) {
      return set;
    }
    Map<String, StoredEntry> all = new LinkedHashMap<>();
    for (String alias : list().whole()) {
      Optional<KeyHandle> key = key(alias);
      Waiting changed = waiting.get(alias);
      if (key.isPresent()) {
        // without certificates of its own, an entry has those of its key wherever it is read
        all.put(alias, KeyEntries.stored(key.get(), changed == null ? List.of() : changed.chain()));
      }
    }
    return all;
  }
}
