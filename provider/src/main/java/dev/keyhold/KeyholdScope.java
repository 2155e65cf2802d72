package dev.keyhold;

import dev.keyhold.keystore.Access;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * The tenant, and the declared purpose and ticket, of all uses of keys that a thread begins within
 * a call. It is for code that can't pass a {@link KeyholdParameterSpec} to the JDK. The values of a
 * {@code KeyholdParameterSpec} take precedence over those of the scope.
 *
 * <pre>{@code
 * KeyholdScope.ofTenant("acme").run(() -> service.handle(request));
 * KeyholdScope.forPurpose("fraud-review", "INC-1234").call(() -> archive.read(id));
 * }</pre>
 *
 * <p>A scope belongs to its thread, and ends when the call returns or throws. Other threads do not
 * inherit it: pass {@link #current()} to them. Scopes can be nested; an inner scope inherits what
 * it does not name itself. The values are captured at {@code init} of a {@code Cipher}, {@code
 * Signature}, {@code Mac} or {@code KeyAgreement}, and when a stream or channel is created; other
 * threads may then go on with that object.
 *
 * <p>Purpose and ticket are recorded with each use of a key. The application declares them: nothing
 * proves them, and wrapped keys are not bound to them. They must not be secret. Immutable and
 * thread-safe.
 */
public final class KeyholdScope {
  /** The longest name of a tenant, in bytes of UTF-8. */
  public static final int MAX_TENANT = Access.MAX_TEXT;

  private static final KeyholdScope NONE = new KeyholdScope(null, null, null);
  private static final ThreadLocal<KeyholdScope> CURRENT = new ThreadLocal<>();

  // null for what is not named
  private final String tenant;
  private final String purpose;
  private final String ticket;

  private KeyholdScope(String tenant, String purpose, String ticket) {
    this.tenant = tenant;
    this.purpose = purpose;
    this.ticket = ticket;
  }

  /**
   * Returns the scope of a tenant.
   *
   * @throws IllegalArgumentException if the name is empty, no well-formed Unicode, has control
   *     characters, or is longer than {@value #MAX_TENANT} bytes of UTF-8
   */
  public static KeyholdScope ofTenant(String tenant) {
    return new KeyholdScope(Access.checked("tenant", tenant), null, null);
  }

  /**
   * Returns the scope of a declared purpose, without a ticket.
   *
   * @param purpose such as {@code fraud-review}
   * @throws IllegalArgumentException as {@link #ofTenant}
   */
  public static KeyholdScope forPurpose(String purpose) {
    return new KeyholdScope(null, Access.checked("purpose", purpose), null);
  }

  /**
   * Returns the scope of a declared purpose and ticket.
   *
   * @param purpose such as {@code fraud-review}
   * @param ticket such as {@code INC-1234}
   * @throws IllegalArgumentException as {@link #ofTenant}
   */
  public static KeyholdScope forPurpose(String purpose, String ticket) {
    return new KeyholdScope(
        null, Access.checked("purpose", purpose), Access.checked("ticket", ticket));
  }

  /**
   * Returns the scope of the calling thread, in which a task can run on another thread. Outside of
   * all scopes, returns a scope without any value.
   */
  public static KeyholdScope current() {
    KeyholdScope scope = CURRENT.get();
    return scope == null ? NONE : scope;
  }

  /** Returns the tenant of this scope or of the enclosing one. */
  Optional<String> tenant() {
    return Optional.ofNullable(tenant);
  }

  /** Returns the declared purpose. */
  Optional<String> purpose() {
    return Optional.ofNullable(purpose);
  }

  /** Returns the ticket of the declared purpose. */
  Optional<String> ticket() {
    return Optional.ofNullable(ticket);
  }

  /** Runs an action within this scope. */
  public void run(Runnable action) {
    KeyholdScope outer = enter();
    try {
      action.run();
    } finally {
      leave(outer);
    }
  }

  /** Calls a task within this scope; what it returns or throws is passed on. */
  public <T> T call(Callable<T> task) throws Exception {
    KeyholdScope outer = enter();
    try {
      return task.call();
    } finally {
      leave(outer);
    }
  }

  /** Begins this scope on the calling thread; returns the enclosing scope, null for none. */
  private KeyholdScope enter() {
    KeyholdScope outer = CURRENT.get();
    CURRENT.set(outer == null ? this : within(outer));
    return outer;
  }

  /**
   * Returns this scope with the values that it inherits. A ticket belongs to its purpose, so a
   * scope with its own purpose does not inherit the ticket.
   */
  private KeyholdScope within(KeyholdScope outer) {
    return new KeyholdScope(
        tenant == null ? outer.tenant : tenant,
        purpose == null ? outer.purpose : purpose,
        purpose == null ? outer.ticket : ticket);
  }

  private static void leave(KeyholdScope outer) {
    if (outer == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(outer);
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("KeyholdScope[");
    tenant().ifPresent(name -> text.append("tenant ").append(name).append(", "));
    purpose().ifPresent(name -> text.append("purpose ").append(name).append(", "));
    ticket().ifPresent(name -> text.append("ticket ").append(name).append(", "));
    int length = text.length();
    return (text.charAt(length - 1) == ' ' ? text.substring(0, length - 2) : text) + "]";
  }
}
