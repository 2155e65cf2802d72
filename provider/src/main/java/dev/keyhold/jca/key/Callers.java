package dev.keyhold.jca.key;

import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.keystore.Access;
import dev.keyhold.policy.Declared;

/** Reads what the application declares, by parameters and by the calling thread's scope. */
public final class Callers {
  private Callers() {}

  /** Returns what the calling thread declares now. */
  static Declared current() {
    return of(KeyholdParameterSpec.NONE);
  }

  /** Returns what the calling thread declares for a change of keys, made under an alias. */
  public static Access access(String alias) {
    Declared caller = current();
    return Access.of(alias).declaring(caller.tenant(), caller.purpose(), caller.ticket());
  }

  /** Returns what these parameters declare, and for the rest the calling thread. */
  public static Declared of(KeyholdParameterSpec parameters) {
    return new Declared(parameters.tenant(), parameters.purpose(), parameters.ticket());
  }
}
