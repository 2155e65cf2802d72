package dev.keyhold.jca.key;

import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.policy.Policy;
import java.io.InvalidObjectException;
import java.io.Serializable;
import javax.crypto.SecretKey;

/**
 * A handle of a symmetric key. Its algorithm is {@code AES} for a KEK, {@code AESWrap_256} (128,
 * 192) for a key that wraps other keys, so that neither is taken for the other, else an HMAC's
 * name.
 */
public final class SecretKeyHandle extends KeyHandle implements SecretKey {
  private static final long serialVersionUID = 1L;

  public SecretKeyHandle(ProviderInstance instance, String alias, KeyUri uri, String algorithm) {
    this(instance, instance.providerName(), alias, uri, algorithm);
  }

  private SecretKeyHandle(
      ProviderInstance instance, String provider, String alias, KeyUri uri, String algorithm) {
    super(instance, provider, alias, uri, algorithm);
  }

  /** Returns the handle of a key that a backend described. */
  public static SecretKeyHandle of(ProviderInstance instance, String alias, KeyMetadata key) {
    return new SecretKeyHandle(instance, alias, key.uri(), algorithmOf(key));
  }

  /** A KEK is an AES key to an application, however it wraps. */
  static String algorithmOf(KeyMetadata key) {
    if (key.purposes().contains(Purpose.KEY_WRAP)) {
      return KeyWrapName.keyAlgorithm(key.spec().bits());
    }
    return key.purposes().contains(Purpose.ENCRYPT) ? "AES" : key.spec().algorithm();
  }

  /**
   * Returns what the configuration says of this key, for the tenant and purpose of these
   * parameters, and of the calling thread where they name none.
   *
   * @throws BackendException with MISCONFIGURED if the alias requires a tenant or purpose and there
   *     is none
   */
  public Policy policy(KeyholdParameterSpec parameters) throws BackendException {
    return policyForObjects(Callers.of(parameters));
  }

  @Override
  Object writeReplace() {
    return new Reference(alias(), uri().toString(), getAlgorithm(), provider());
  }

  /**
   * The serialized form of a handle. It has no provider if an earlier version wrote it, which had
   * no names of providers.
   */
  private record Reference(String alias, String uri, String algorithm, String provider)
      implements Serializable {
    private Object readResolve() throws InvalidObjectException {
      try {
        return new SecretKeyHandle(null, provider, alias, KeyUri.parse(uri), algorithm);
      } catch (IllegalArgumentException | NullPointerException e) {
        throw invalid(e);
      }
    }
  }
}
