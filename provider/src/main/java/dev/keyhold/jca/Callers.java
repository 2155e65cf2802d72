package dev.keyhold.jca;

import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.keystore.Access;
import dev.keyhold.routing.Caller;

/** Reads what the application declares, by parameters and by the calling thread's scope. */
final class Callers {
  private Callers() {}

  /** Returns what the calling thread declares now. */
  static Caller current() {
    return of(KeyholdParameterSpec.NONE);
  }

  /** Returns what the calling thread declares for a change of keys, made under an alias. */
  static Access access(String alias) {
    Caller caller = current();
    return Access.of(alias).declaring(caller.tenant(), caller.purpose(), caller.ticket());
  }

  /** Returns what these parameters declare, and for the rest the calling thread. */
  static Caller of(KeyholdParameterSpec parameters) {
    return new Caller(parameters.tenant(), parameters.purpose(), parameters.ticket());
  }
}
