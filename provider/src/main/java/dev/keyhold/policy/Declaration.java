package dev.keyhold.policy;

import dev.keyhold.keystore.Access;
import dev.keyhold.platform.ProcessText;
import java.util.Map;
import java.util.Optional;

/**
 * The declaration for the uses of an alias where the application declares nothing itself: {@code
 * key.<alias>.purpose}, and the environment's {@code KEYHOLD_PURPOSE} and {@code KEYHOLD_TICKET},
 * which take precedence over it.
 *
 * @param purpose empty for none
 * @param ticket empty for none
 * @param required whether a use without any purpose is refused
 */
public record Declaration(Optional<String> purpose, Optional<String> ticket, boolean required) {
  /** Declares and requires nothing. */
  public static final Declaration NONE = new Declaration(Optional.empty(), Optional.empty(), false);

  static final String REQUIRED = "required";

  /** The environment variable with the purpose of all that a process does. */
  public static final String PURPOSE_VARIABLE = "KEYHOLD_PURPOSE";

  /** The environment variable with the ticket of that purpose. */
  public static final String TICKET_VARIABLE = "KEYHOLD_TICKET";

  /**
   * Reads what holds for an alias.
   *
   * @param option the value of {@code key.<alias>.purpose}
   * @throws IllegalArgumentException if a text may be no purpose or ticket; says which
   */
  public static Declaration of(Optional<String> option, Map<String, String> environment) {
    boolean required = option.filter(REQUIRED::equals).isPresent();
    Optional<String> purpose = text(environment, PURPOSE_VARIABLE);
    Optional<String> ticket = text(environment, TICKET_VARIABLE);
    if (purpose.isEmpty() && !required) {
      purpose = option.map(text -> Access.checked("purpose", text));
    }
    return new Declaration(purpose, ticket, required);
  }

  private static Optional<String> text(Map<String, String> environment, String variable) {
    String value = environment.get(variable);
    if (value == null || value.isEmpty()) {
      return Optional.empty();
    }
    if (ProcessText.isDamaged(value)) {
      throw new IllegalArgumentException(variable + " " + ProcessText.damage());
    }
    return Optional.of(Access.checked(variable, value));
  }

  /** Returns the access of a caller, with what is declared in the end. */
  public Access complete(Access access, Declared caller) {
    Declared declared = completed(caller);
    return access.declaring(declared.tenant(), declared.purpose(), declared.ticket());
  }

  /**
   * Returns what is declared in the end: the caller's own purpose goes with the caller's own
   * ticket.
   */
  Declared completed(Declared caller) {
    if (caller.purpose().isPresent()) {
      return caller;
    }
    return new Declared(caller.tenant(), purpose, ticket);
  }
}
