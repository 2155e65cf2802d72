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

  /** Returns a copy with this IV: any length; the array is copied. */
  public KeyholdParameterSpec withIv(byte[] newIv) {
    return new KeyholdParameterSpec(newIv, aad, tenant, purpose, ticket, threads);
  }

  /** Returns a copy with this AAD: any length; the array is copied. */
  public KeyholdParameterSpec withAad(byte[] newAad) {
    return new KeyholdParameterSpec(iv, newAad, tenant, purpose, ticket, threads);
  }

  /**
   * Returns a copy for a tenant: the wrap of the data key is bound to the tenant's name, and no key
   * but the KEK serves two tenants.
   *
   * @throws IllegalArgumentException as {@link KeyholdScope#ofTenant}
   */
  public KeyholdParameterSpec withTenant(String newTenant) {
    return new KeyholdParameterSpec(
        iv, aad, Access.checked("tenant", newTenant), purpose, ticket, threads);
  }

  /**
   * Returns a copy with a declared purpose, without a ticket.
   *
   * @throws IllegalArgumentException as {@link KeyholdScope#ofTenant}
   */
  public KeyholdParameterSpec withPurpose(String newPurpose) {
    return new KeyholdParameterSpec(
        iv, aad, tenant, Access.checked("purpose", newPurpose), null, threads);
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
        Access.checked("ticket", newTicket),
        threads);
  }

  /**
   * Returns a copy for streams and channels that encrypt or decrypt a large object on several
   * threads: {@link KeyholdOutputStream} and {@link KeyholdInputStream}, from the first MiB of an
   * object on, and {@link KeyholdChannel}, for reads of 256 KiB or more. Its bytes are the same as
   * those of one thread. Each thread needs half a MiB, and so do two more batches; an input stream
   * or a channel reads so far ahead.
   *
   * @param newThreads at least 1, the default: the calling thread alone; more than 64 are 64
   */
  public KeyholdParameterSpec withThreads(int newThreads) {
    if (newThreads < 1) {
      throw new IllegalArgumentException(newThreads + " threads: at least 1 is needed");
    }
    return new KeyholdParameterSpec(iv, aad, tenant, purpose, ticket, newThreads);
  }

  /** Returns the IV, empty if there is none; a copy. */
  public byte[] iv() {
    return iv.clone();
  }

  /** Returns how many threads work on a large object. */
  public int threads() {
    return threads;
  }

  /** Returns the additional authenticated data, empty if there is none; a copy. */
  public byte[] aad() {
    return aad.clone();
  }

  /**
   * Returns the tenant: the one that was named, else that of the calling thread's {@link
   * KeyholdScope}.
   */
  public Optional<String> tenant() {
    return Optional.ofNullable(tenant).or(() -> KeyholdScope.current().tenant());
  }

  /**
   * Returns the declared purpose: the one that was named, else that of the {@link KeyholdScope}.
   */
  public Optional<String> purpose() {
    return Optional.ofNullable(purpose).or(() -> KeyholdScope.current().purpose());
  }

  /**
   * Returns the ticket of the declared purpose; a purpose that was named here has its ticket here.
   */
  public Optional<String> ticket() {
    return purpose != null ? Optional.ofNullable(ticket) : KeyholdScope.current().ticket();
  }
}
