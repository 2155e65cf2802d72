package dev.keyhold.jca.key;

import dev.keyhold.KeyholdKey;
import dev.keyhold.config.Configuration;
import dev.keyhold.instance.KeyholdProviders;
import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.object.Combinator;
import dev.keyhold.policy.Declared;
import dev.keyhold.policy.Policy;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.Provider;
import java.util.Objects;
import java.util.Optional;

/** The base of all handles: alias, URI, and the provider instance to which the handle belongs. */
public abstract class KeyHandle implements KeyholdKey {
  private static final long serialVersionUID = 1L;

  private final String alias;
  private final transient KeyUri uri;
  private final String algorithm;

  /** The name of the provider; the one to look for, where this was deserialized. */
  private final String provider;

  private transient volatile ProviderInstance instance;

  /** The result of the last search; null before. */
  private transient volatile Found found;

  /** A policy for objects, and what it was found for. */
  private record Found(Configuration configuration, Declared caller, Policy policy) {
    boolean isFor(Configuration present, Declared declared) {
      return configuration == present && caller.equals(declared);
    }
  }

  /**
   * Creates a handle.
   *
   * @param instance null for one that was deserialized
   * @param provider the name of the provider; null for the one that has no name of its own
   */
  KeyHandle(
      ProviderInstance instance, String provider, String alias, KeyUri uri, String algorithm) {
    this.instance = instance;
    this.provider = provider == null ? KeyholdProviders.NAME : provider;
    this.alias = Objects.requireNonNull(alias, "alias");
    this.uri = Objects.requireNonNull(uri, "uri");
    this.algorithm = Objects.requireNonNull(algorithm, "algorithm");
  }

  @Override
  public final String alias() {
    return alias;
  }

  @Override
  public final KeyUri uri() {
    return uri;
  }

  @Override
  public final String getAlgorithm() {
    return algorithm;
  }

  @Override
  public final String getFormat() {
    return null;
  }

  @Override
  public final byte[] getEncoded() {
    return null;
  }

  /** Returns the name of the provider that this handle is of. */
  final String provider() {
    return provider;
  }

  /**
   * Returns whether this handle is of an instance; one that was serialized is of the installed one.
   */
  public final boolean isOf(ProviderInstance other) {
    return resolve() == other;
  }

  /**
   * Returns a key as a handle that an SPI of an instance serves or refuses itself; empty for a key
   * that another provider may take.
   */
  public static Optional<KeyHandle> own(Key key, ProviderInstance instance) {
    return key instanceof KeyHandle handle && (handle.isOf(instance) || !handle.isInstalled())
        ? Optional.of(handle)
        : Optional.empty();
  }

  /**
   * Refuses a handle of another instance.
   *
   * @throws InvalidKeyException says which provider it is of, and what to do
   */
  public final void requireOf(ProviderInstance wanted) throws InvalidKeyException {
    ProviderInstance bound = resolve();
    if (bound == wanted) {
      return;
    }
    if (bound == null) {
      throw new InvalidKeyException(
          "%s was deserialized, and no provider %s of this class loader is installed: add it with Security.addProvider"
              .formatted(this, provider));
    }
    Provider owner = bound.provider();
    throw new InvalidKeyException(
        isInstalled()
            ? "%s is of another Keyhold instance, %s; this is %s"
                .formatted(this, owner, wanted.provider())
            : "%s is of another Keyhold instance, %s, which is not installed: add it with Security.addProvider, under a name of its own if there is one of its name"
                .formatted(this, owner));
  }

  /** Returns whether a provider that has this key is installed. */
  public final boolean isInstalled() {
    ProviderInstance bound = resolve();
    return bound != null && KeyholdProviders.isInstalled(bound.provider());
  }

  /** Returns what the configuration says of this key. */
  public final Policy policy() throws BackendException {
    return instance().router().policy(alias, uri);
  }

  /**
   * Returns what the configuration says of this key for the objects of a caller: for the same
   * caller the same policy, as long as the configuration is the same.
   *
   * @throws BackendException as {@link Policy#forObjects}
   */
  public final Policy policyForObjects(Declared caller) throws BackendException {
    Configuration present = instance().router().configuration();
    Found known = found;
    if (known != null && known.isFor(present, caller)) {
      return known.policy();
    }
    Policy policy = policy().forObjects(caller);
    found = new Found(present, caller, policy);
    return policy;
  }

  /**
   * Returns the policy of this key for what the calling thread does with it, for uses that know no
   * combination of keys.
   *
   * @throws BackendException with UNSUPPORTED if the alias has several keys; with MISCONFIGURED if
   *     it requires a purpose and none is declared
   */
  public final Policy solePolicy() throws BackendException {
    Policy policy = policy().forUse(Callers.current());
    if (policy.protectWith().combinator() != Combinator.SINGLE) {
      throw new BackendException(
          Reason.UNSUPPORTED, "alias " + alias + " has several keys, and this takes one");
    }
    return policy;
  }

  /** Returns the instance that this handle is of. */
  public final ProviderInstance instance() throws BackendException {
    ProviderInstance bound = resolve();
    if (bound == null) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          "the handle of key %s was deserialized, and no provider %s of this class loader is installed: add it with Security.addProvider"
              .formatted(alias, provider));
    }
    return bound;
  }

  private ProviderInstance resolve() {
    ProviderInstance bound = instance;
    if (bound == null) {
      bound = KeyholdProviders.installed(provider);
      instance = bound;
    }
    return bound;
  }

  @Override
  public final boolean equals(Object other) {
    return other instanceof KeyHandle that
        && getClass() == that.getClass()
        && alias.equals(that.alias)
        && uri.equals(that.uri)
        && resolve() == that.resolve();
  }

  @Override
  public final int hashCode() {
    return Objects.hash(alias, uri);
  }

  @Override
  public final String toString() {
    return provider + " key " + alias + " (" + algorithm + ", " + uri + ")";
  }

  /** Returns the reference that a serialized handle is. */
  abstract Object writeReplace();

  private void readObject(ObjectInputStream in) throws InvalidObjectException {
    throw invalid(null);
  }

  private void readObjectNoData() throws InvalidObjectException {
    throw invalid(null);
  }

  /** Returns the error for bytes that are no serialized handle. */
  static InvalidObjectException invalid(RuntimeException cause) {
    InvalidObjectException invalid =
        new InvalidObjectException(
            cause == null
                ? "a handle is serialized as its reference"
                : "this is no reference to a key");
    if (cause != null) {
      invalid.initCause(cause);
    }
    return invalid;
  }
}
