package dev.keyhold;

import dev.keyhold.keystore.Access;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Optional;

/**
 * What an application binds an object to, beside its key: an IV, additional authenticated data, and
 * the tenant whose object it is. All are optional, are not secret, and must be the same again for
 * decryption. The object does not need the IV to be secure: it has nonces of its own.
 *
 * <p>It may also declare why the key is used: a purpose and a ticket, which are recorded with the
 * use. The object is not bound to them, and they may differ for decryption.
 *
 * <p>Immutable and thread-safe.
 */
public final class KeyholdParameterSpec implements AlgorithmParameterSpec {
  /** Binds an object to nothing but its key. */
  public static final KeyholdParameterSpec NONE =
      new KeyholdParameterSpec(new byte[0], new byte[0], null, null, null);

  private final byte[] iv;
  private final byte[] aad;

  // null for what is not named
  private final String tenant;
  private final String purpose;
  private final String ticket;

  private KeyholdParameterSpec(
      byte[] iv, byte[] aad, String tenant, String purpose, String ticket) {
    this.iv = iv.clone();
    this.aad = aad.clone();
    this.tenant = tenant;
    this.purpose = purpose;
    this.ticket = ticket;
  }

  /** Returns a copy with this IV: any length; the array is copied. */
  public KeyholdParameterSpec withIv(byte[] newIv) {
    return new KeyholdParameterSpec(newIv, aad, tenant, purpose, ticket);
  }

  /** Returns a copy with this AAD: any length; the array is copied. */
  public KeyholdParameterSpec withAad(byte[] newAad) {
    return new KeyholdParameterSpec(iv, newAad, tenant, purpose, ticket);
  }

  /**
   * Returns a copy for a tenant: the wrap of the data key is bound to the tenant's name, and no key
   * but the KEK serves two tenants.
   *
   * @throws IllegalArgumentException as {@link KeyholdScope#ofTenant}
   */
  public KeyholdParameterSpec withTenant(String newTenant) {
    return new KeyholdParameterSpec(iv, aad, Access.checked("tenant", newTenant), purpose, ticket);
  }

  /**
   * Returns a copy with a declared purpose, without a ticket.
   *
   * @throws IllegalArgumentException as {@link KeyholdScope#ofTenant}
   */
  public KeyholdParameterSpec withPurpose(String newPurpose) {
    return new KeyholdParameterSpec(iv, aad, tenant, Access.checked("purpose", newPurpose), null);
  }

  /**
   * Returns a copy with a declared purpose and ticket.
   *
   * @throws IllegalArgumentException as {@link KeyholdScope#ofTenant}
   */
  public KeyholdParameterSpec withPurpose(String newPurpose, String newTicket) {
    return new KeyholdParameterSpec(
        iv,
        aad,
        tenant,
        Access.checked("purpose", newPurpose),
        Access.checked("ticket", newTicket));
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
    return Optional.ofNullable(tenant).or(() -> KeyholdScope.current().tenant());
  }

  /** The declared purpose: the one that was named, else that of the {@link KeyholdScope}. */
  public Optional<String> purpose() {
    return Optional.ofNullable(purpose).or(() -> KeyholdScope.current().purpose());
  }

  /** The ticket of the declared purpose; a purpose that was named here has its ticket here. */
  public Optional<String> ticket() {
    return purpose != null ? Optional.ofNullable(ticket) : KeyholdScope.current().ticket();
  }
}
