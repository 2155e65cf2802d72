package dev.keyhold.keystore.facet;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.IfAbsent;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyUri;

/** Names that keys can get and lose. */
@IfAbsent(
    "a key's name is permanent at this backend: give the key another alias in the configuration")
public interface Naming extends Facet {
  /** Gives a key another name. Fails with DENIED if the new name exists. */
  KeyMetadata rename(String key, String newName) throws BackendException;

  /**
   * Removes the name of a key; the key stays, with all its versions.
   *
   * @return how it can be reached from now on
   */
  KeyUri unname(String key) throws BackendException;
}
