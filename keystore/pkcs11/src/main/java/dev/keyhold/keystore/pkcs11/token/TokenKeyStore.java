package dev.keyhold.keystore.pkcs11.token;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.pkcs11.library.ChangeLock;
import dev.keyhold.keystore.pkcs11.library.ChangeLock.Change;
import dev.keyhold.keystore.pkcs11.library.Pkcs11Errors;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Provider;
import java.security.ProviderException;

/**
 * The KeyStore of one SunPKCS11 provider: what secret keys and key pairs have in common.
 * Thread-safe; changes are made one at a time.
 */
final class TokenKeyStore {
  private final KeyStore keyStore;
  private final TokenLogin login;
  private final ChangeLock changes;
  private volatile boolean hadKeys;
  private volatile boolean vanished;

  /**
   * Creates a view of the objects that a provider shows.
   *
   * @param changes the lock under which objects of this token change, by any thread of this process
   */
  TokenKeyStore(Provider provider, TokenLogin login, ChangeLock changes)
      throws GeneralSecurityException {
    this.keyStore = KeyStore.getInstance("PKCS11", provider);
    this.login = login;
    this.changes = changes;
  }

  ChangeLock changes() {
    return changes;
  }

  KeyStore keyStore() {
    return keyStore;
  }

  /**
   * Returns whether all keys disappeared at once, as when a token is removed while the library is
   * loaded.
   */
  boolean isVanished() {
    return vanished;
  }

  /** Reads the labels anew, after logging in if that is needed. */
  void load() throws BackendException {
    login.ensure();
    try {
      keyStore.load(null, null);
      boolean empty = keyStore.size() == 0;
      vanished |= empty && hadKeys;
      hadKeys |= !empty;
    } catch (GeneralSecurityException | IOException | ProviderException e) {
      throw translate("reading the token's keys", e);
    }
    if (vanished) {
      throw new BackendException(
          Reason.UNAVAILABLE, "all keys of the token are gone; the next call connects anew");
    }
  }

  /** Reads anew after a key was stored, which must be there now. */
  void loadStored(String label) throws BackendException {
    hadKeys = true;
    load();
    if (!exists(label)) {
      throw new BackendException(
          Reason.UNSUPPORTED, "the token accepted a new key, but does not show it");
    }
  }

  void requireFree(String label) throws BackendException {
    if (exists(label)) {
      // another setKeyEntry would destroy the first key
      throw new BackendException(
          Reason.DENIED,
          "the token has a key labelled '" + label + "' already: choose another name");
    }
  }

  boolean exists(String label) throws BackendException {
    try {
      return keyStore.containsAlias(label);
    } catch (GeneralSecurityException | ProviderException e) {
      throw translate("reading the token's keys", e);
    }
  }

  void exclusively(Change change) throws BackendException {
    changes.exclusively(change);
  }

  static BackendException translate(String what, Exception e) {
    return Pkcs11Errors.sharedLabel(e)
        .map(label -> twins(label, e))
        .orElseGet(() -> Pkcs11Errors.translate(what, e));
  }

  private static BackendException twins(String label, Exception e) {
    return new BackendException(
        Reason.MISCONFIGURED,
        "two objects of the token are labelled '"
            + label
            + "', so that SunPKCS11 can read no label of it: find out which of the two is in use,"
            + " then remove the other (pkcs11-tool --module LIBRARY --token-label TOKEN --login"
            + " --list-objects; then --delete-object --type secrkey (or cert) --label '"
            + label
            + "', with --id where they differ in it)",
        e);
  }
}
