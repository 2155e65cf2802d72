package dev.keyhold.jca;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.routing.Combinator;
import dev.keyhold.routing.KeyRef;
import dev.keyhold.routing.KeyRouter;
import dev.keyhold.routing.Policy;
import java.security.Key;
import java.security.PrivateKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The keys of the configured backends under the aliases that the configuration gives them: what a
 * live key store shows. Asks the backends anew each time. Thread-safe.
 */
public final class BackendKeys {
  private final Instance instance;

  /** The keys of one provider instance. */
  public BackendKeys(Instance instance) {
    this.instance = instance;
  }

  /** Supplies a password to backends that have none, and has them show that it is right. */
  void unlock(char[] password) throws BackendException {
    KeyRouter router = instance.router();
    router.unlock(password);
    for (String backend : router.backends()) {
      router.list(backend);
    }
  }

  /** All aliases whose keys exist, in order. */
  public Set<String> aliases() throws BackendException {
    KeyRouter router = instance.router();
    Set<String> aliases = new TreeSet<>();
    Map<String, Set<String>> names = new HashMap<>();
    for (String backend : router.backends()) {
      Set<String> known = new TreeSet<>();
      for (KeyMetadata key : router.list(backend)) {
        known.add(key.name());
        router.facts().nameOf(backend, key.uri()).ifPresent(known::add);
        if (!key.name().isEmpty() && isRouted(router, key.name(), backend)) {
          aliases.add(key.name());
        }
      }
      names.put(backend, known);
    }
    for (String alias : router.exactAliases()) {
      if (router.policy(alias).protectWith().keys().stream()
          .allMatch(ref -> names.get(ref.backend()).contains(ref.key()))) {
        aliases.add(alias);
      }
    }
    return aliases;
  }

  private static boolean isRouted(KeyRouter router, String name, String backend)
      throws BackendException {
    return router.isRouted(name)
        && router.policy(name).protectWith().keys().contains(new KeyRef(backend, name));
  }

  /** The key of an alias, if routing admits it and it exists. */
  public Optional<KeyMetadata> find(String alias) throws BackendException {
    KeyRouter router = instance.router();
    if (!router.isRouted(alias)) {
      return Optional.empty();
    }
    try {
      return Optional.of(describe(router, router.policy(alias)));
    } catch (BackendException e) {
      if (e.reason() == Reason.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * The first key of a policy; of an any-of, the first that is in reach.
   *
   * @throws BackendException of the first key, if it is not out of reach or all are
   */
  public static KeyMetadata describe(KeyRouter router, Policy policy) throws BackendException {
    BackendException first = null;
    for (KeyRef key : policy.protectWith().keys()) {
      try {
        return router.describe(key);
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
   * Gives a key an alias, for good: at its backend. Imports a foreign one where that is allowed.
   *
   * @param purposes of an imported private key, as far as its backend can have them
   */
  KeyHandle bind(String alias, Key key, Set<Purpose> purposes) throws BackendException {
    KeyRouter router = instance.router();
    Policy policy = router.policy(alias);
    if (policy.protectWith().combinator() != Combinator.SINGLE
        || !policy.soleKey().key().equals(alias)) {
      throw new BackendException(
          Reason.DENIED,
          "the configuration says which key the alias '%s' means (key.%s)".formatted(alias, alias));
    }
    KeyRef ref = policy.soleKey();
    return key instanceof KeyHandle handle && handle.isOf(instance)
        ? bindHandle(router, alias, ref, handle)
        : handle(alias, importKey(router, ref, key, purposes));
  }

  /** The handle of a key that was found. */
  KeyHandle handle(String alias, KeyMetadata key) throws BackendException {
    if (!key.spec().isKeyPair()) {
      return SecretKeyHandle.of(instance, alias, key);
    }
    KeyRouter router = instance.router();
    byte[] publicKey = router.publicKey(router.policy(alias, key.uri()).soleKey());
    try {
      return PrivateKeyHandle.of(instance, alias, key, publicKey);
    } catch (IllegalArgumentException e) {
      throw new BackendException(
          Reason.MISCONFIGURED, "the public key of alias " + alias + " cannot be read", e);
    }
  }

  /** The private key of an alias whose URI is known. */
  PrivateKeyHandle privateKey(String alias, KeyUri uri) throws BackendException {
    KeyRouter router = instance.router();
    KeyMetadata key = router.describe(router.policy(alias, uri).soleKey());
    if (handle(alias, key) instanceof PrivateKeyHandle handle) {
      return handle;
    }
    throw new BackendException(
        Reason.MISCONFIGURED, "the key " + uri + " of alias " + alias + " is no key pair any more");
  }

  private KeyHandle bindHandle(KeyRouter router, String alias, KeyRef ref, KeyHandle handle)
      throws BackendException {
    String key =
        router
            .facts()
            .nameOf(ref.backend(), handle.uri())
            .orElseThrow(
                () ->
                    new BackendException(
                        Reason.DENIED,
                        "%s is not at backend %s, where the configuration routes the alias '%s'"
                            .formatted(handle, ref.backend(), alias)));
    KeyMetadata current = router.describe(new KeyRef(ref.backend(), key));
    KeyMetadata bound =
        current.name().equals(alias)
            ? current
            : router.administration().rename(new KeyRef(ref.backend(), key), alias);
    return handle(alias, bound);
  }

  private static KeyMetadata importKey(KeyRouter router, KeyRef ref, Key key, Set<Purpose> wanted)
      throws BackendException {
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
        return router
            .administration()
            .importKey(ref, spec, purposes(router, ref, spec, wanted), material);
      }
      int bits = 8 * material.length;
      if (KeyWrapName.isKeyAlgorithm(key.getAlgorithm(), bits)) {
        return router
            .administration()
            .importKey(ref, new KeySpec("AES", bits), Set.of(Purpose.KEY_WRAP), material);
      }
      KeySpec spec = new KeySpec(key.getAlgorithm(), bits);
      Set<Purpose> purposes = spec.isHmac() ? Set.of(Purpose.MAC) : Set.of(Purpose.ENCRYPT);
      return router.administration().importKey(ref, spec, purposes, material);
    } finally {
      WrappedKeys.erase(key, material);
    }
  }

  private static Set<Purpose> purposes(
      KeyRouter router, KeyRef ref, KeySpec spec, Set<Purpose> wanted) throws BackendException {
    Set<Purpose> purposes = new TreeSet<>(wanted);
    purposes.retainAll(router.facts().purposesOf(ref.backend(), spec));
    if (purposes.isEmpty()) {
      throw new BackendException(
          Reason.UNSUPPORTED,
          "backend %s has no %s key for what the certificate allows (%s)"
              .formatted(ref.backend(), spec, wanted));
    }
    return purposes;
  }

  /** Why {@link #find} finds nothing. */
  String whyMissing(String alias) {
    try {
      KeyRouter router = instance.router();
      describe(router, router.policy(alias));
      return "it is there now";
    } catch (BackendException e) {
      return e.getMessage();
    }
  }

  /**
   * Takes an alias off its key.
   *
   * @return where the key is from now on, and how it gets the alias back; empty if there is none
   */
  Optional<String> unname(String alias) throws BackendException {
    Optional<KeyMetadata> key = find(alias);
    if (key.isEmpty()) {
      return Optional.empty();
    }
    KeyRouter router = instance.router();
    Policy policy = router.policy(alias);
    if (policy.protectWith().combinator() != Combinator.SINGLE
        || !policy.soleKey().key().equals(alias)) {
      throw new BackendException(
          Reason.DENIED,
          "the alias '%s' stands in the configuration; remove its line there".formatted(alias));
    }
    KeyRef ref = policy.soleKey();
    KeyUri uri = router.administration().unname(ref);
    String name = router.facts().nameOf(ref.backend(), uri).orElseThrow();
    return Optional.of(
        "%s; to use it again: key.%s = %s:%s".formatted(uri, alias, ref.backend(), name));
  }
}
