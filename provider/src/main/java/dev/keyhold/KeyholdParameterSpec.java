package dev.keyhold;

import java.security.spec.AlgorithmParameterSpec;
import java.util.Optional;

/**
 * What an application binds an object to, beside its key: an IV, additional authenticated data, and
 * the tenant whose object it is. All are optional, are not secret, and must be the same again for
 * decryption. The object does not need the IV to be secure: it has nonces of its own.
 *
 * <p>Immutable and thread-safe.
 */
public final class KeyholdParameterSpec implements AlgorithmParameterSpec {
  /** Binds an object to nothing but its key. */
  public static final KeyholdParameterSpec NONE =
      new KeyholdParameterSpec(new byte[0], new byte[0], null);

  private final byte[] iv;
  private final byte[] aad;

  /** Null for none. */
  private final String tenant;

  private KeyholdParameterSpec(byte[] iv, byte[] aad, String tenant) {
    this.iv = iv.clone();
    this.aad = aad.clone();
    this.tenant = tenant;
  }

  /** The same with this IV: any length; the array is copied. */
  public KeyholdParameterSpec withIv(byte[] newIv) {
    return new KeyholdParameterSpec(newIv, aad, tenant);
  }

  /** The same with this AAD: any length; the array is copied. */
  public KeyholdParameterSpec withAad(byte[] newAad) {
    return new KeyholdParameterSpec(iv, newAad, tenant);
  }

  /**
   * The same for a tenant: the wrap of the data key is bound to the tenant's name, and no key but
   * the KEK serves two tenants.
   *
   * @throws IllegalArgumentException as {@link KeyholdScope#ofTenant}
   */
  public KeyholdParameterSpec withTenant(String newTenant) {
    return new KeyholdParameterSpec(iv, aad, KeyholdScope.checked(newTenant));
  }

  /** The IV, empty if there is none; a copy. */
  public byte[] iv() {
    return iv.clone();
  }

  /** The additional authenticated data, empty if there is none; a copy. */
  public byte[] aad() {
    return aad.clone();
  }

  /** The tenant: the one that was named, else that of the calling thread's {@link KeyholdScope}. */
  public Optional<String> tenant() {
    return Optional.ofNullable(tenant).or(KeyholdScope::currentTenant);
  }
}
