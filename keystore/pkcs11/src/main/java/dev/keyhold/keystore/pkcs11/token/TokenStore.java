package dev.keyhold.keystore.pkcs11.token;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.ProviderException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.SecretKey;

/**
 * The secret keys of one token by their labels, through SunPKCS11's KeyStore. Handles are kept: a
 * look-up costs several calls into the token. Thread-safe; changes are made one at a time, and the
 * use of a key whose handle is cached does not wait for them.
 */
final class TokenStore implements TokenCalls.Handles<String, TokenKeyHandle> {
  private final TokenKeyStore access;
  private final KeyStore keyStore;
  private final TokenMechanisms mechanisms;
  private final Map<String, TokenKeyHandle> handles = new ConcurrentHashMap<>();
  private final FreshKeys fresh; // guarded by access's changes

  TokenStore(TokenKeyStore access, TokenMechanisms mechanisms) {
    this.access = access;
    this.keyStore = access.keyStore();
    this.mechanisms = mechanisms;
    this.fresh = new FreshKeys(mechanisms);
  }

  /** Returns all keys of the kinds that Keyhold uses, read anew. */
  List<TokenObject> list() throws BackendException {
    access.load();
    List<TokenObject> objects = new ArrayList<>();
    try {
      for (String label : Collections.list(keyStore.aliases())) {
        if (keyStore.entryInstanceOf(label, KeyStore.SecretKeyEntry.class)) {
          resolve(label)
              .filter(TokenKeyHandle::isUsable)
              .ifPresent(handle -> objects.add(handle.describe(label)));
        } else if (keyStore.entryInstanceOf(label, KeyStore.PrivateKeyEntry.class)) {
          // the certificate describes a key pair: the private key is not looked up yet
          PairObject.of(label, keyStore.getCertificate(label)).ifPresent(objects::add);
        }
      }
      return objects;
    } catch (GeneralSecurityException | ProviderException e) {
      throw TokenKeyStore.translate("reading the token's keys", e);
    }
  }

  /** Returns the key with this label; NOT_FOUND if there is none. */
  @Override
  public TokenKeyHandle find(String label) throws BackendException {
    TokenKeyHandle known = handles.get(label);
    return known != null ? known : lookUp(label);
  }

  /** Returns the key with this label, after a handle of it turned out to be dead. */
  @Override
  public TokenKeyHandle renew(String label, TokenKeyHandle dead) throws BackendException {
    handles.remove(label, dead);
    return find(label);
  }

  /** Makes a key in the token and stores it; DENIED if the label exists. */
  void generate(String label, String algorithm, int bits) throws BackendException {
    access.exclusively(
        () -> fresh.keep(label, store(label, () -> mechanisms.generate(algorithm, bits))));
  }

  /** Stores a key that was made elsewhere; DENIED if the label exists. */
  void importKey(String label, SecretKey key) throws BackendException {
    access.exclusively(() -> store(label, () -> key));
  }

  /**
   * Gives a key another label; DENIED if that exists. SunPKCS11 makes a second object of the same
   * key for it, inside the token; the first one goes only after the second is there.
   */
  void relabel(String from, String to) throws BackendException {
    access.exclusively(
        () -> {
          handles.remove(from);
          SecretKey key = fresh.copyable(from, lookUp(from).key());
          access.requireFree(to);
          try {
            keyStore.setKeyEntry(to, key, null, null);
          } catch (GeneralSecurityException | ProviderException e) {
            throw RelabelFailure.notCopied(from, to, e);
          }
          access.load();
          if (!access.exists(to)) {
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
    access.load();
    access.requireFree(label);
    SecretKey key;
    try {
      key = source.get();
      keyStore.setKeyEntry(label, key, null, null);
    } catch (GeneralSecurityException | ProviderException e) {
      throw TokenKeyStore.translate("storing a key", e);
    }
    access.loadStored(label);
    return key;
  }

  private TokenKeyHandle lookUp(String label) throws BackendException {
    try {
      access.load();
      return resolve(label)
          .filter(TokenKeyHandle::isUsable)
          .orElseThrow(
              () ->
                  new BackendException(
                      Reason.NOT_FOUND, "the token has no secret key labelled '" + label + "'"));
    } catch (GeneralSecurityException | ProviderException e) {
      throw TokenKeyStore.translate("looking up a key", e);
    }
  }

  private Optional<TokenKeyHandle> resolve(String label) throws GeneralSecurityException {
    TokenKeyHandle known = handles.get(label);
    if (known != null) {
      return Optional.of(known);
    }
    // null if another process removed it meanwhile, or its label is not ASCII
    if (keyStore.getKey(label, null) instanceof SecretKey key) {
      TokenKeyHandle handle = new TokenKeyHandle(key);
      TokenKeyHandle earlier = handles.putIfAbsent(label, handle);
      return Optional.of(earlier == null ? handle : earlier);
    }
    return Optional.empty();
  }

  /** Makes a key, not yet stored. */
  @FunctionalInterface
  private interface KeySource {
    SecretKey get() throws GeneralSecurityException;
  }
}
