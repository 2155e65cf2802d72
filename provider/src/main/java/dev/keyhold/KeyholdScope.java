package dev.keyhold;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * What holds for all uses of keys that a thread begins within a call: the tenant whose objects they
 * are. For code that hands the JDK its own parameters, and can't hand over a {@link
 * KeyholdParameterSpec}; where a spec names a tenant, that one counts.
 *
 * <pre>{@code
 * KeyholdScope.ofTenant("acme").run(() -> service.handle(request));
 * }</pre>
 *
 * <p>A scope is of its thread: no other thread inherits it, and it ends with the call, however that
 * ends. A {@code Cipher} takes the tenant at {@code init}, a stream when it is made. Scopes can be
 * nested; the innermost counts. Immutable and thread-safe.
 */
public final class KeyholdScope {
  /** The longest name of a tenant, in bytes of UTF-8. */
  public static final int MAX_TENANT = 255;

  private static final ThreadLocal<KeyholdScope> CURRENT = new ThreadLocal<>();

  private final String tenant;

  private KeyholdScope(String tenant) {
    this.tenant = tenant;
  }

  /**
   * The scope of a tenant. Its name is not secret: it stands in the audit logs of a KMS.
   *
   * @throws IllegalArgumentException if the name is empty, no well-formed Unicode, or longer than
   *     {@value #MAX_TENANT} bytes of UTF-8
   */
  public static KeyholdScope ofTenant(String tenant) {
    return new KeyholdScope(checked(tenant));
  }

  static String checked(String tenant) {
    Objects.requireNonNull(tenant, "tenant");
    boolean text = StandardCharsets.UTF_8.newEncoder().canEncode(tenant);
    if (tenant.isEmpty() || !text || tenant.getBytes(StandardCharsets.UTF_8).length > MAX_TENANT) {
      throw new IllegalArgumentException(
          "the name of a tenant has 1 to " + MAX_TENANT + " bytes of UTF-8");
    }
    return tenant;
  }

  /** The tenant of the calling thread's scope; empty outside of scopes. */
  static Optional<String> currentTenant() {
    return Optional.ofNullable(CURRENT.get()).map(scope -> scope.tenant);
  }

  /** Runs an action within this scope. */
  public void run(Runnable action) {
    KeyholdScope outer = CURRENT.get();
    CURRENT.set(this);
    try {
      action.run();
    } finally {
      restore(outer);
    }
  }

  /** Calls a task within this scope; what it returns or throws is passed on. */
  public <T> T call(Callable<T> task) throws Exception {
    KeyholdScope outer = CURRENT.get();
    CURRENT.set(this);
    try {
      return task.call();
    } finally {
      restore(outer);
    }
  }

  private static void restore(KeyholdScope outer) {
    if (outer == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(outer);
    }
  }

  @Override
  public String toString() {
    return "KeyholdScope[tenant " + tenant + "]";
  }
}
