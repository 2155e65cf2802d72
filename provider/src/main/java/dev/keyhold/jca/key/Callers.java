package dev.keyhold.jca.key;

import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.keystore.Access;
import dev.keyhold.policy.Declared;

/** Reads what the application declares, by parameters and by the calling thread's scope. */
public final class Callers {
  private Callers() {}

  /** Returns what the calling thread declares now. */
  public static Declared current() {
    return of(KeyholdParameterSpec.NONE);
  }

  /**
   * Returns the access with which the calling thread asks about, or changes, the key of an alias.
   *
   * @param alias empty for what is about no alias, such as a list
   */
  public static Access access(KeyRouter router, String alias) {
    return router.access(alias, current());
  }

  /** Returns what these parameters declare, and for the rest the calling thread. */
  public static Declared of(KeyholdParameterSpec parameters) {
    return new Declared(parameters.tenant(), parameters.purpose(), parameters.ticket());
  }
}
