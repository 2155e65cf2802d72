package dev.keyhold.jca;

import dev.keyhold.KeyholdKey;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.routing.Combinator;
import dev.keyhold.routing.KeyRef;
import dev.keyhold.routing.Policy;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.security.Provider;
import java.security.Security;
import java.util.Objects;

/** What all handles have: alias, URI, and the provider instance that they are of. */
public abstract class KeyHandle implements KeyholdKey {
  private static final long serialVersionUID = 1L;

  private final String alias;
  private final transient KeyUri uri;
  private final String algorithm;
  private transient volatile Instance instance;

  KeyHandle(Instance instance, String alias, KeyUri uri, String algorithm) {
    this.instance = instance;
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

  /** Whether this handle is of an instance; one that was serialized is of the installed one. */
  final boolean isOf(Instance other) {
    return resolve() == other;
  }

  /** What the configuration says of this key. */
  public final Policy policy() throws BackendException {
    return instance().router().policy(alias, uri);
  }

  /** Where the key is, for uses that know no combination of keys. */
  final KeyRef soleKey() throws BackendException {
    Policy policy = policy();
    if (policy.protectWith().combinator() != Combinator.SINGLE) {
      throw new BackendException(
          Reason.UNSUPPORTED, "alias " + alias + " has several keys, and this takes one");
    }
    return policy.soleKey();
  }

  /** The instance that this handle is of. */
  public final Instance instance() throws BackendException {
    Instance bound = resolve();
    if (bound == null) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          "the handle of key " + alias + " was deserialized, and no Keyhold provider is installed");
    }
    return bound;
  }

  private Instance resolve() {
    Instance bound = instance;
    if (bound == null) {
      Provider installed = Security.getProvider("Keyhold");
      if (installed != null
          && installed.getService("KeyStore", "Keyhold") instanceof KeyholdService service) {
        bound = service.instance();
        instance = bound;
      }
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
    return "Keyhold key " + alias + " (" + algorithm + ", " + uri + ")";
  }

  /** The reference that a serialized handle is. */
  abstract Object writeReplace();

  private void readObject(ObjectInputStream in) throws InvalidObjectException {
    throw invalid(null);
  }

  private void readObjectNoData() throws InvalidObjectException {
    throw invalid(null);
  }

  /** The error for bytes that are no serialized handle. */
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
