package dev.keyhold.object;

import dev.keyhold.keystore.BackendException;
import javax.crypto.AEADBadTagException;

/** Provides the keys of an object that is opened. */
@FunctionalInterface
public interface MessageKeys {
  /**
   * Returns the keys of an object's chunks.
   *
   * @param prefix what the object says, none of which is checked yet
   * @throws AEADBadTagException if it says anything wrong, or is bound to another context
   */
  Cobblestone open(Prefix prefix, ObjectContext context, Engine engine)
      throws BackendException, AEADBadTagException;
}
