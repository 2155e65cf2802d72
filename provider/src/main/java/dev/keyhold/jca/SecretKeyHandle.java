package dev.keyhold.jca;

import dev.keyhold.KeyholdKey;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.routing.Policy;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.security.Provider;
import java.security.Security;
import java.util.Objects;
import javax.crypto.SecretKey;

/** A handle of a symmetric key. Its algorithm is {@code AES} for a KEK, else an HMAC's name. */
public final class SecretKeyHandle implements SecretKey, KeyholdKey {
  private static final long serialVersionUID = 1L;

  private final String alias;
  private final transient KeyUri uri;
  private final String algorithm;
  private transient volatile Instance instance;

  SecretKeyHandle(Instance instance, String alias, KeyUri uri, String algorithm) {
    this.instance = instance;
    this.alias = Objects.requireNonNull(alias, "alias");
    this.uri = Objects.requireNonNull(uri, "uri");
    this.algorithm = Objects.requireNonNull(algorithm, "algorithm");
  }

  /** The handle of a key that a backend described. */
  public static SecretKeyHandle of(Instance instance, String alias, KeyMetadata key) {
    return new SecretKeyHandle(instance, alias, key.uri(), algorithmOf(key));
  }

  /** A KEK is an AES key to an application, however it wraps. */
  static String algorithmOf(KeyMetadata key) {
    return key.purposes().contains(Purpose.ENCRYPT) ? "AES" : key.spec().algorithm();
  }

  @Override
  public String alias() {
    return alias;
  }

  @Override
  public KeyUri uri() {
    return uri;
  }

  @Override
  public String getAlgorithm() {
    return algorithm;
  }

  @Override
  public String getFormat() {
    return null;
  }

  @Override
  public byte[] getEncoded() {
    return null;
  }

  /** Whether this handle is of an instance; one that was serialized is of the installed one. */
  boolean isOf(Instance other) {
    return resolve() == other;
  }

  /** What the configuration says of this key. */
  public Policy policy() throws BackendException {
    return instance().router().policy(alias, uri);
  }

  /** The instance that this handle is of. */
  public Instance instance() throws BackendException {
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
  public boolean equals(Object other) {
    return other instanceof SecretKeyHandle that
        && alias.equals(that.alias)
        && uri.equals(that.uri)
        && resolve() == that.resolve();
  }

  @Override
  public int hashCode() {
    return Objects.hash(alias, uri);
  }

  @Override
  public String toString() {
    return "Keyhold key " + alias + " (" + algorithm + ", " + uri + ")";
  }

  private Object writeReplace() {
    return new Reference(alias, uri.toString(), algorithm);
  }

  private void readObject(ObjectInputStream in) throws InvalidObjectException {
    throw new InvalidObjectException("a handle is serialized as its reference");
  }

  /** What a serialized handle is. */
  private record Reference(String alias, String uri, String algorithm) implements Serializable {
    private Object readResolve() throws InvalidObjectException {
      try {
        return new SecretKeyHandle(null, alias, KeyUri.parse(uri), algorithm);
      } catch (IllegalArgumentException | NullPointerException e) {
        InvalidObjectException invalid = new InvalidObjectException("no reference to a key");
        invalid.initCause(e);
        throw invalid;
      }
    }
  }
}
