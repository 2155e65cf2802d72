package dev.keyhold.keystore.pkcs11;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Provider;
import java.security.ProviderException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import javax.crypto.SecretKey;

/**
 * The secret keys of one token by their labels, through SunPKCS11's KeyStore. Handles are kept: a
 * look-up costs several calls into the token. Thread-safe; changes go one at a time, and a key
 * whose handle is known waits for none of them.
 */
final class TokenStore {
  private final KeyStore keyStore;
  private final TokenLogin login;
  private final TokenMechanisms mechanisms;
  private final Map<String, KeyHandle> handles = new ConcurrentHashMap<>();
  private final ReentrantLock changes = new ReentrantLock();
  private final FreshKeys fresh; // guarded by changes
  private volatile boolean hadKeys;
  private volatile boolean vanished;

  TokenStore(Provider provider, TokenLogin login, TokenMechanisms mechanisms)
      throws GeneralSecurityException {
    this.keyStore = KeyStore.getInstance("PKCS11", provider);
    this.login = login;
    this.mechanisms = mechanisms;
    this.fresh = new FreshKeys(mechanisms);
  }

  /** Whether all keys went at once: so it looks when a token is pulled under a living library. */
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

  /** All secret keys of the kinds that Keyhold uses, read anew. */
  List<TokenObject> list() throws BackendException {
    load();
    List<TokenObject> objects = new ArrayList<>();
    try {
      for (String label : Collections.list(keyStore.aliases())) {
        if (keyStore.entryInstanceOf(label, KeyStore.SecretKeyEntry.class)) {
          resolve(label)
              .filter(KeyHandle::isUsable)
              .ifPresent(handle -> objects.add(handle.describe(label)));
        }
      }
      return objects;
    } catch (GeneralSecurityException | ProviderException e) {
      throw translate("reading the token's keys", e);
    }
  }

  /** The key with this label; NOT_FOUND if there is none. */
  KeyHandle find(String label) throws BackendException {
    KeyHandle known = handles.get(label);
    return known != null ? known : lookUp(label);
  }

  /** The key with this label, after a handle of it turned out to be dead. */
  KeyHandle renew(String label, KeyHandle dead) throws BackendException {
    handles.remove(label, dead);
    return find(label);
  }

  /** Makes a key in the token and stores it; DENIED if the label exists. */
  void generate(String label, String algorithm, int bits) throws BackendException {
    exclusively(() -> fresh.keep(label, store(label, () -> mechanisms.generate(algorithm, bits))));
  }

  /** Stores a key that was made elsewhere; DENIED if the label exists. */
  void importKey(String label, SecretKey key) throws BackendException {
    exclusively(() -> store(label, () -> key));
  }

  /**
   * Gives a key another label; DENIED if that exists. SunPKCS11 makes a second object of the same
   * key for it, inside the token; the first one goes only after the second is there.
   */
  void relabel(String from, String to) throws BackendException {
    exclusively(
        () -> {
          handles.remove(from);
          SecretKey key = fresh.copyable(from, lookUp(from).key());
          requireFree(to);
          try {
            keyStore.setKeyEntry(to, key, null, null);
          } catch (GeneralSecurityException | ProviderException e) {
            throw RelabelFailure.notCopied(from, to, e);
          }
          load();
          if (!exists(to)) {
            throw RelabelFailure.notKept(from, to);
          }
          try {
            keyStore.deleteEntry(from);
          } catch (GeneralSecurityException | ProviderException e) {
            throw RelabelFailure.stillThere(from, to, e);
          } finally {
            handles.remove(from);
            fresh.relabelled(from, to);
          }
        });
  }

  private SecretKey store(String label, KeySource source) throws BackendException {
    load();
    requireFree(label);
    SecretKey key;
    try {
      key = source.get();
      keyStore.setKeyEntry(label, key, null, null);
      hadKeys = true;
    } catch (GeneralSecurityException | ProviderException e) {
      throw translate("storing a key", e);
    }
    load();
    if (!exists(label)) {
      throw new BackendException(
          Reason.UNSUPPORTED, "the token accepted a new key, but does not show it");
    }
    return key;
  }

  private void requireFree(String label) throws BackendException {
    if (exists(label)) {
      // another setKeyEntry would destroy the first key
      throw new BackendException(
          Reason.DENIED,
          "the token has a key labelled '" + label + "' already: choose another name");
    }
  }

  private boolean exists(String label) throws BackendException {
    try {
      return keyStore.containsAlias(label);
    } catch (GeneralSecurityException | ProviderException e) {
      throw translate("reading the token's keys", e);
    }
  }

  private KeyHandle lookUp(String label) throws BackendException {
    try {
      load();
      return resolve(label)
          .filter(KeyHandle::isUsable)
          .orElseThrow(
              () ->
                  new BackendException(
                      Reason.NOT_FOUND, "the token has no secret key labelled '" + label + "'"));
    } catch (GeneralSecurityException | ProviderException e) {
      throw translate("looking up a key", e);
    }
  }

  private Optional<KeyHandle> resolve(String label) throws GeneralSecurityException {
    KeyHandle known = handles.get(label);
    if (known != null) {
      return Optional.of(known);
    }
    // null where another process took it away meanwhile, or its label is not ASCII
    if (keyStore.getKey(label, null) instanceof SecretKey key) {
      KeyHandle handle = new KeyHandle(key);
      KeyHandle earlier = handles.putIfAbsent(label, handle);
      return Optional.of(earlier == null ? handle : earlier);
    }
    return Optional.empty();
  }

  private void exclusively(Change change) throws BackendException {
    try {
      changes.lockInterruptibly();
    } catch (InterruptedException e) {
      throw Interrupts.unavailable(e);
    }
    try {
      change.run();
    } finally {
      changes.unlock();
    }
  }

  private static BackendException translate(String what, Exception e) {
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
            + " --list-objects; then --delete-object --type secrkey --label '"
            + label
            + "', with --id where they differ in it)",
        e);
  }

  /** Makes a key, not yet stored. */
  @FunctionalInterface
  private interface KeySource {
    SecretKey get() throws GeneralSecurityException;
  }

  /** A change of the store, made while no other is. */
  @FunctionalInterface
  private interface Change {
    void run() throws BackendException;
  }
}
