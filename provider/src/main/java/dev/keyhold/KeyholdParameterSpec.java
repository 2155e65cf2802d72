package dev.keyhold;

import dev.keyhold.keystore.Access;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Optional;

/**
 * The parameters that an application binds an object to, in addition to its key: an IV, additional
 * authenticated data, and the tenant whose object it is. All are optional, are not secret, and must
 * be the same for decryption. The security of the object does not depend on the IV: the object has
 * its own nonces.
 *
 * <p>It may also declare why the key is used: a purpose and a ticket, which are recorded with the
 * use. The object is not bound to them, and they may differ for decryption.
 *
 * <p>Immutable and thread-safe.
 */
public final class KeyholdParameterSpec implements AlgorithmParameterSpec {
  /** Binds an object to nothing but its key. */
  public static final KeyholdParameterSpec NONE =
      new KeyholdParameterSpec(new byte[0], new byte[0], null, null, null, 1);

  private final byte[] iv;
  private final byte[] aad;

  // null for what is not named
  private final String tenant;
  private final String purpose;
  private final String ticket;

  private final int threads;

  private KeyholdParameterSpec(
      byte[] iv, byte[] aad, String tenant, String purpose, String ticket, int threads) {
    this.iv = iv.clone();
    this.aad = aad.clone();
    this.tenant = tenant;
    this.purpose = purpose;
    this.ticket = ticket;
    this.threads = threads;
  }

  /**
   * Returns a copy with another IV.
   *
   * @param newIv of any length; empty for none; copied
   */
  public KeyholdParameterSpec withIv(byte[] newIv) {
    return new KeyholdParameterSpec(newIv, aad, tenant, purpose, ticket, threads);
  }

  /**
   * Returns a copy with other additional authenticated data.
   *
   * @param newAad of any length; empty for none; copied
   */
  public KeyholdParameterSpec withAad(byte[] newAad) {
    return new KeyholdParameterSpec(iv, newAad, tenant, purpose, ticket, threads);
  }

  /**
   * Returns a copy for a tenant. The wrapped data key or epoch key is bound to the tenant's name;
   * only KEKs are shared by tenants. Decryption needs the same tenant.
   *
   * @param newTenant 1 to 255 bytes of UTF-8 without control characters
   * @throws IllegalArgumentException as {@link KeyholdScope#ofTenant}
   */
  public KeyholdParameterSpec withTenant(String newTenant) {
    return new KeyholdParameterSpec(
        iv, aad, Access.checked("tenant", newTenant), purpose, ticket, threads);
  }

  /**
   * Returns a copy with a declared purpose, and without a ticket. The purpose is recorded with each
   * use of a key; nothing is checked by it.
   *
   * @param newPurpose 1 to 255 bytes of UTF-8 without control characters
   * @throws IllegalArgumentException as {@link KeyholdScope#ofTenant}
   */
  public KeyholdParameterSpec withPurpose(String newPurpose) {
    return new KeyholdParameterSpec(
        iv, aad, tenant, Access.checked("purpose", newPurpose), null, threads);
  }

  /**
   * Returns a copy with a declared purpose and ticket.
   *
   * @param newPurpose 1 to 255 bytes of UTF-8 without control characters
   * @param newTicket 1 to 255 bytes of UTF-8 without control characters
   * @throws IllegalArgumentException as {@link KeyholdScope#ofTenant}
   */
  public KeyholdParameterSpec withPurpose(String newPurpose, String newTicket) {
    return new KeyholdParameterSpec(
        iv,
        aad,
        tenant,
        Access.checked("purpose", newPurpose),
        Access.checked("ticket", newTicket),
        threads);
  }

  /**
   * Returns a copy for streams and channels that encrypt or decrypt a large object on several
   * threads: {@link KeyholdOutputStream} and {@link KeyholdInputStream} use them after the first
   * MiB of an object, {@link KeyholdChannel} for reads of 256 KiB or more. The object's bytes do
   * not depend on the number of threads. For {@code n} threads a stream or channel needs {@code (n
   * + 2)} times 512 KiB of memory; an input stream or a channel reads as far ahead.
   *
   * @param newThreads at least 1, which is the default and means the calling thread alone; more
   *     than 64 count as 64
   * @throws IllegalArgumentException if it is less than 1
   */
  public KeyholdParameterSpec withThreads(int newThreads) {
    if (newThreads < 1) {
      throw new IllegalArgumentException(newThreads + " threads: at least 1 is needed");
    }
    return new KeyholdParameterSpec(iv, aad, tenant, purpose, ticket, newThreads);
  }

  /** Returns a copy of the IV; an empty array if there is none. */
  public byte[] iv() {
    return iv.clone();
  }

  /** Returns the number of threads that work on a large object. */
  public int threads() {
    return threads;
  }

  /** Returns a copy of the additional authenticated data; an empty array if there is none. */
  public byte[] aad() {
    return aad.clone();
  }

  /**
   * Returns the tenant of {@link #withTenant}, else that of the calling thread's {@link
   * KeyholdScope}; empty if neither names one.
   */
  public Optional<String> tenant() {
    return Optional.ofNullable(tenant).or(() -> KeyholdScope.current().tenant());
  }

  /**
   * Returns the purpose of {@link #withPurpose}, else that of the calling thread's {@link
   * KeyholdScope}; empty if neither names one.
   */
  public Optional<String> purpose() {
    return Optional.ofNullable(purpose).or(() -> KeyholdScope.current().purpose());
  }

  /**
   * Returns the ticket of the declared purpose. If {@link #withPurpose} named the purpose, a ticket
   * of the calling thread's scope does not count.
   */
  public Optional<String> ticket() {
    return purpose != null ? Optional.ofNullable(ticket) : KeyholdScope.current().ticket();
  }
}
