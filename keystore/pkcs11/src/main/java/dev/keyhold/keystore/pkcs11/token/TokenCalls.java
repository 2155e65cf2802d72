package dev.keyhold.keystore.pkcs11.token;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.pkcs11.library.Pkcs11Errors;
import java.security.GeneralSecurityException;
import java.security.ProviderException;
import javax.crypto.AEADBadTagException;
import javax.crypto.BadPaddingException;

/**
 * The calls into one token, and what their failures say of it. A key whose handle died with a
 * session or a login is looked up again, once. Thread-safe.
 */
final class TokenCalls {
  private volatile Token.Health health = Token.Health.GOOD;

  Token.Health health() {
    return health;
  }

  /** Records that this instance is no longer usable; a new instance on the same library will be. */
  void sessionsLost() {
    health = Token.Health.SESSIONS_LOST;
  }

  /** Calls, and takes note if the device is lost. */
  <T> T watched(Call<T> call) throws BackendException {
    try {
      return call.run();
    } catch (BackendException e) {
      if (Pkcs11Errors.isLost(e)) {
        health = Token.Health.DEAD;
      }
      throw e;
    }
  }

  /**
   * Uses a key.
   *
   * @param what names the use, for messages
   */
  <K, H, T> T with(Handles<K, H> handles, K key, String what, Use<H, T> use)
      throws BackendException {
    return watched(
        () -> {
          H handle = handles.find(key);
          try {
            return use.with(handle);
          } catch (GeneralSecurityException | ProviderException e) {
            if (!Pkcs11Errors.isStale(e)) {
              throw fault(what, e);
            }
          }
          try {
            return use.with(handles.renew(key, handle));
          } catch (GeneralSecurityException | ProviderException e) {
            if (Pkcs11Errors.isSessionEnded(e)) {
              sessionsLost();
            }
            throw fault(what, e);
          }
        });
  }

  /** Returns the error for the backend's caller. */
  static BackendException fault(String what, Exception e) {
    if (e instanceof BadPaddingException && Pkcs11Errors.code(e).isEmpty()) {
      return new BackendException(
          Reason.BAD_CIPHERTEXT,
          e instanceof AEADBadTagException
              ? "the wrapped key fails its check"
              : "the ciphertext was not made for this key, or was changed",
          e);
    }
    return Pkcs11Errors.translate(what, e);
  }

  /** Handles by what names their keys. */
  interface Handles<K, H> {
    /** Returns the handle of a key; NOT_FOUND if there is none. */
    H find(K key) throws BackendException;

    /** Returns the handle of a key, after one turned out to be dead. */
    H renew(K key, H dead) throws BackendException;
  }

  /** A call into the token. */
  @FunctionalInterface
  interface Call<T> {
    T run() throws BackendException;
  }

  /** A use of a key. */
  @FunctionalInterface
  interface Use<H, T> {
    T with(H handle) throws GeneralSecurityException;
  }
}
