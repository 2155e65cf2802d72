package dev.keyhold.jca.keystore;

import dev.keyhold.gate.KeyAdministration;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.jca.key.Callers;
import dev.keyhold.jca.key.KeyHandle;
import dev.keyhold.jca.key.KeyPairSpecs;
import dev.keyhold.jca.key.KeyWrapName;
import dev.keyhold.jca.key.PrivateKeyHandle;
import dev.keyhold.jca.key.SecretKeyHandle;
import dev.keyhold.jca.key.WrappedKeys;
import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.object.Combinator;
import dev.keyhold.policy.KeyRef;
import dev.keyhold.policy.Policy;
import dev.keyhold.policy.Shape;
import java.security.Key;
import java.security.PrivateKey;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The keys of the configured backends under the aliases that the configuration gives them: what a
 * live key store shows. Asks the backends anew each time. Thread-safe.
 */
public final class BackendKeys {
  private static final System.Logger LOG = System.getLogger("dev.keyhold.keystore");

  private final ProviderInstance instance;

  /** Creates a view of the keys of one provider instance. */
  public BackendKeys(ProviderInstance instance) {
    this.instance = instance;
  }

  /**
   * The keys that the backends list.
   *
   * @param aliases those whose keys exist, in order
   * @param unreachable the backends that did not answer, with the error of each
   */
  public record Listing(Set<String> aliases, Map<String, BackendException> unreachable) {
    /** Returns all aliases; fails where a backend did not answer, since there may be more. */
    public Set<String> whole() throws BackendException {
      for (BackendException e : unreachable.values()) {
        throw e;
      }
      return aliases;
    }
  }

  /**
   * Supplies a password to backends that have none, and checks that it is right. A backend that is
   * out of reach is logged, as long as another answers.
   */
  void unlock(char[] password) throws BackendException {
    KeyRouter router = instance.router();
    router.unlock(password);
    Map<String, BackendException> failures = new LinkedHashMap<>();
    Access access = Callers.access(router, "");
    for (String backend : router.backends()) {
      try {
        router.list(access, backend);
      } catch (BackendException e) {
        if (e.reason() == Reason.MISCONFIGURED && router.facts().lacksSecret(backend)) {
          throw e;
        }
        failures.put(backend, e);
      }
    }
    requireOne(router, failures);
  }

  /** Logs what failed; throws the first error where every backend failed. */
  private static void requireOne(KeyRouter router, Map<String, BackendException> failures)
      throws BackendException {
    if (!failures.isEmpty() && failures.keySet().containsAll(router.backends())) {
      throw failures.values().iterator().next();
    }
    failures.forEach(
        (backend, e) ->
            LOG.log(
                System.Logger.Level.WARNING,
                "the key store goes without the keys of backend {0}: {1}",
                backend,
                e.getMessage()));
  }

  /**
   * Returns the aliases whose keys exist, as far as the backends answer; those that do not are
   * logged.
   *
   * @throws BackendException if none answers
   */
  public Listing list() throws BackendException {
    KeyRouter router = instance.router();
    Set<String> aliases = new TreeSet<>();
    Map<String, Set<String>> names = new HashMap<>();
    Map<String, BackendException> failures = new LinkedHashMap<>();
    Access access = Callers.access(router, "");
    for (String backend : router.backends()) {
      try {
        names.put(backend, names(router, access, backend, aliases));
      } catch (BackendException e) {
        failures.put(backend, e);
      }
    }
    requireOne(router, failures);
    for (String alias : router.exactAliases()) {
      Shape shape = router.policy(alias).protectWith();
      List<KeyRef> known =
          shape.keys().stream().filter(ref -> names.containsKey(ref.backend())).toList();
      boolean enough =
          shape.combinator() == Combinator.ANY_OF
              ? !known.isEmpty()
              : known.size() == shape.keys().size();
      if (enough && known.stream().allMatch(ref -> names.get(ref.backend()).contains(ref.key()))) {
        aliases.add(alias);
      }
    }
    return new Listing(aliases, failures);
  }

  /** Returns the names of a backend's keys; adds those that are aliases. */
  private static Set<String> names(
      KeyRouter router, Access access, String backend, Set<String> aliases)
      throws BackendException {
    Set<String> known = new TreeSet<>();
    for (KeyMetadata key : router.list(access, backend)) {
      known.add(key.name());
      router.facts().nameOf(backend, key.uri()).ifPresent(known::add);
      if (hasName(key) && isRouted(router, key.name(), backend)) {
        aliases.add(key.name());
      }
    }
    return known;
  }

  /** Returns whether a key has a name that a user gave it. */
  public static boolean hasName(KeyMetadata key) {
    return !key.name().isEmpty() && !KeyRouter.isUnnamed(key.name());
  }

  private static boolean isRouted(KeyRouter router, String name, String backend)
      throws BackendException {
    return router.isRouted(name)
        && router.policy(name).protectWith().keys().contains(new KeyRef(backend, name));
  }

  /** Returns the key of an alias, if routing admits it and it exists. */
  public Optional<KeyMetadata> find(String alias) throws BackendException {
    KeyRouter router = instance.router();
    if (!router.isRouted(alias)) {
      return Optional.empty();
    }
    try {
      return Optional.of(describe(router, alias));
    } catch (BackendException e) {
      if (e.reason() == Reason.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Returns the first key of an alias; of an any-of, the first that is in reach.
   *
   * @throws BackendException of the first key, if it is not out of reach or all are
   */
  public static KeyMetadata describe(KeyRouter router, String alias) throws BackendException {
    Policy policy = router.policy(alias).forRead(Callers.current());
    BackendException first = null;
    for (KeyRef key : policy.protectWith().keys()) {
      try {
        return router.describe(policy.access(), key);
      } catch (BackendException e) {
        boolean others = policy.protectWith().combinator() == Combinator.ANY_OF;
        if (e.reason() != Reason.UNAVAILABLE || !others) {
          throw e;
        }
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    throw first;
  }

  /**
   * Returns the key at a backend that an alias is to mean, where a key store may say so.
   *
   * @throws BackendException with DENIED if the configuration says which key it means
   */
  static KeyRef place(KeyRouter router, String alias) throws BackendException {
    Policy policy = router.policy(alias);
    if (policy.protectWith().combinator() != Combinator.SINGLE
        || !policy.soleKey().key().equals(alias)) {
      throw new BackendException(
          Reason.DENIED,
          "the configuration says which key the alias '%s' means (key.%s); change that line instead"
              .formatted(alias, alias));
    }
    return policy.soleKey();
  }

  /**
   * Imports a key that was made elsewhere, where that is allowed.
   *
   * @param purposes of a private key: it gets the first that its backend can have
   */
  KeyHandle importKey(String alias, Key key, Set<Purpose> purposes) throws BackendException {
    KeyRouter router = instance.router();
    return handle(alias, importKey(router, alias, key, purposes));
  }

  /** Returns the handle of a key that was found. */
  KeyHandle handle(String alias, KeyMetadata key) throws BackendException {
    if (!key.spec().isKeyPair()) {
      return SecretKeyHandle.of(instance, alias, key);
    }
    KeyRouter router = instance.router();
    Policy policy = router.policy(alias, key.uri()).forRead(Callers.current());
    byte[] publicKey = router.publicKey(policy.access(), policy.soleKey());
    try {
      return PrivateKeyHandle.of(instance, alias, key, publicKey);
    } catch (IllegalArgumentException e) {
      throw new BackendException(
          Reason.MISCONFIGURED, "the public key of alias " + alias + " cannot be read", e);
    }
  }

  /** Returns the private key of an alias whose URI is known. */
  PrivateKeyHandle privateKey(String alias, KeyUri uri) throws BackendException {
    KeyRouter router = instance.router();
    Policy policy = router.policy(alias, uri).forRead(Callers.current());
    KeyMetadata key = router.describe(policy.access(), policy.soleKey());
    if (handle(alias, key) instanceof PrivateKeyHandle handle) {
      return handle;
    }
    throw new BackendException(
        Reason.MISCONFIGURED, "the key " + uri + " of alias " + alias + " is no key pair any more");
  }

  private static KeyMetadata importKey(KeyRouter router, String alias, Key key, Set<Purpose> wanted)
      throws BackendException {
    KeyRef ref = place(router, alias);
    KeyAdministration keys = router.administration(Callers.access(router, alias));
    byte[] material = key.getEncoded();
    if (material == null) {
      throw new BackendException(
          Reason.UNSUPPORTED, "the key is in another provider's keeping, and can't be taken out");
    }
    try {
      if (key instanceof PrivateKey) {
        KeySpec spec =
            KeyPairSpecs.of(key)
                .orElseThrow(
                    () ->
                        new BackendException(
                            Reason.UNSUPPORTED,
                            "Keyhold has no keys like this one of " + key.getAlgorithm()));
        return keys.importKey(ref, spec, Set.of(purpose(router, ref, spec, wanted)), material);
      }
      int bits = 8 * material.length;
      if (KeyWrapName.isKeyAlgorithm(key.getAlgorithm(), bits)) {
        return keys.importKey(ref, new KeySpec("AES", bits), Set.of(Purpose.KEY_WRAP), material);
      }
      KeySpec spec = new KeySpec(key.getAlgorithm(), bits);
      Set<Purpose> purposes = spec.isHmac() ? Set.of(Purpose.MAC) : Set.of(Purpose.ENCRYPT);
      return keys.importKey(ref, spec, purposes, material);
    } finally {
      WrappedKeys.erase(key, material);
    }
  }

  /**
   * Returns the one purpose of an imported private key, since a key has one use: of those that are
   * wanted and possible the first, which is to sign, as for a new key.
   */
  private static Purpose purpose(KeyRouter router, KeyRef ref, KeySpec spec, Set<Purpose> wanted)
      throws BackendException {
    NavigableSet<Purpose> purposes = new TreeSet<>(wanted);
    purposes.retainAll(router.facts().purposesOf(ref.backend(), spec));
    if (purposes.isEmpty()) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "backend %s has no %s key for what the certificate allows (%s)"
              .formatted(ref.backend(), spec, wanted));
    }
    return purposes.first();
  }

  /** Returns the reason why {@link #find} finds nothing. */
  String whyMissing(String alias) {
    try {
      KeyRouter router = instance.router();
      KeyMetadata unused = describe(router, alias);
      return "it is there now";
    } catch (BackendException e) {
      return e.getMessage();
    }
  }
}
