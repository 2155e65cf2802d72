package dev.keyhold.keystore.facet;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.Facet;
import dev.keyhold.keystore.IfAbsent;
import dev.keyhold.keystore.PasswordProtection;
import java.util.Optional;

/** Keys at rest under a password that can be changed. */
@IfAbsent("this backend protects its keys by no password that could be changed")
public interface PasswordProtected extends Facet {
  /**
   * Returns the protection of the keys by the password; empty if there is none, or if nothing is
   * there.
   */
  Optional<PasswordProtection> passwordProtection() throws BackendException;

  /**
   * Encrypts all keys at rest again, with the derivation that new files get.
   *
   * @param newPassword copied; empty to keep the password
   * @return the place of a copy of the former state, which the present password opens
   */
  String protectAnew(Optional<char[]> newPassword) throws BackendException;
}
