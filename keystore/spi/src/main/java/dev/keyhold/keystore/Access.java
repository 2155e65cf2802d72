package dev.keyhold.keystore;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;

/**
 * The alias and the declarations under which a key is used. They are captured once, when the
 * application asks for the operation, and go with each call to the backend, whatever the thread.
 *
 * <p>Binding and tenant are also in the {@link WrapContext}, which the wrap authenticates. Alias,
 * purpose and ticket are statements of the application: they are recorded, and nothing proves them.
 * None of them is secret. Immutable and thread-safe.
 *
 * @param alias as the application named it; empty for a call that is about no alias
 * @param binding what the wraps of the alias's objects are bound to
 * @param tenant whose objects it is about
 * @param purpose why the key is used, as the application declares, such as {@code fraud-review}
 * @param ticket the case that the use belongs to, such as {@code INC-1234}
 */
public record Access(
    String alias,
    String binding,
    Optional<String> tenant,
    Optional<String> purpose,
    Optional<String> ticket) {
  /** The longest tenant, purpose or ticket, in bytes of UTF-8. */
  public static final int MAX_TEXT = 255;

  /** A call about no alias, such as a list of all keys. */
  public static final Access NONE = of("");

  /** Checks that nothing is null. */
  public Access {
    Objects.requireNonNull(alias, "alias");
    Objects.requireNonNull(binding, "binding");
    Objects.requireNonNull(tenant, "tenant");
    Objects.requireNonNull(purpose, "purpose");
    Objects.requireNonNull(ticket, "ticket");
  }

  /** Returns the access to an alias that is its own binding, for which nothing is declared. */
  public static Access of(String alias) {
    return of(alias, alias);
  }

  /** Returns the access to an alias for which nothing is declared. */
  public static Access of(String alias, String binding) {
    return new Access(alias, binding, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** Returns the access to the same alias with this declared; itself if it is what was declared. */
  public Access declaring(
      Optional<String> newTenant, Optional<String> newPurpose, Optional<String> newTicket) {
    return tenant.equals(newTenant) && purpose.equals(newPurpose) && ticket.equals(newTicket)
        ? this
        : new Access(alias, binding, newTenant, newPurpose, newTicket);
  }

  /**
   * Returns a text that a tenant, purpose or ticket may be.
   *
   * @param what names it in the error
   * @throws IllegalArgumentException if the text is empty, longer than {@value #MAX_TEXT} bytes, no
   *     well-formed Unicode, or has control characters, which could forge a line of a log
   */
  public static String checked(String what, String text) {
    Objects.requireNonNull(text, what);
    boolean wellFormed = StandardCharsets.UTF_8.newEncoder().canEncode(text);
    if (text.isEmpty()
        || !wellFormed
        || text.getBytes(StandardCharsets.UTF_8).length > MAX_TEXT
        || text.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "a %s has 1 to %s bytes of UTF-8 and no control characters".formatted(what, MAX_TEXT));
    }
    return text;
  }
}
