package dev.keyhold.keystore.pkcs11.token;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.kit.Interrupts;
import dev.keyhold.keystore.pkcs11.library.Pkcs11Errors;
import dev.keyhold.keystore.pkcs11.library.ProcessToken;
import dev.keyhold.keystore.pkcs11.library.TokenInfo;
import java.io.IOException;
import java.security.AuthProvider;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.LoginException;

/**
 * The login of one provider instance. If other code of the process has already logged in to the
 * token, PKCS#11 needs no PIN; then this class does not log out either. Thread-safe.
 */
public final class TokenLogin {
  private final AuthProvider provider;
  private final Pin pin;
  private final ProcessToken token;
  private final TokenInfo info;
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicBoolean left = new AtomicBoolean();

  /**
   * Creates the login of a token's provider.
   *
   * @param info what the token said of itself before this login
   */
  public TokenLogin(AuthProvider provider, Pin pin, ProcessToken token, TokenInfo info) {
    this.provider = provider;
    this.pin = pin;
    this.token = token;
    this.info = info;
  }

  /** Logs in if that is needed. One at a time, so that no wrong PIN is tried twice. */
  public void ensure() throws BackendException {
    Interrupts.lock(lock, "the token");
    PinHandler handler = new PinHandler(pin, info);
    try {
      provider.login(null, handler);
      if (handler.asked != null) {
        token.loggedIn();
      }
    } catch (LoginException e) {
      throw translate(e, handler);
    } finally {
      handler.zero();
      lock.unlock();
    }
  }

  /** Ends the use, once; logs out if nobody else in this process uses the token. */
  void leave(boolean dead) {
    if (left.compareAndSet(false, true)) {
      token.leave(dead);
    }
  }

  private BackendException translate(LoginException e, PinHandler handler) {
    if (handler.failure != null) {
      return handler.failure;
    }
    if (Pkcs11Errors.isWrongPin(e) && handler.asked != null) {
      RefusedPins.PROCESS.add(info.identity(), handler.asked);
      return new BackendException(
          Reason.MISCONFIGURED,
          "the token refuses the PIN; it is not tried again, because tokens lock: correct it, before"
              + " the program is started again",
          e);
    }
    if (Pkcs11Errors.isUnusablePin(e)) {
      return new BackendException(
          Reason.MISCONFIGURED,
          "the token accepts no PIN ("
              + Pkcs11Errors.code(e).orElse("")
              + "): its security officer must set or unlock the user PIN",
          e);
    }
    return Pkcs11Errors.translate("login", e);
  }

  /** Reads the PIN when, and only if, the token asks for it. */
  private static final class PinHandler implements CallbackHandler {
    private final Pin pin;
    private final TokenInfo info;
    private char[] asked;
    private BackendException failure;

    PinHandler(Pin pin, TokenInfo info) {
      this.pin = pin;
      this.info = info;
    }

    @Override
    public void handle(Callback[] callbacks) throws IOException, UnsupportedCallbackException {
      for (Callback callback : callbacks) {
        if (!(callback instanceof PasswordCallback prompt)) {
          throw new UnsupportedCallbackException(callback);
        }
        try {
          requireTries();
          asked = pin.read(info.identity());
          char[] bytes = PinBytes.of(asked);
          prompt.setPassword(bytes);
          Arrays.fill(bytes, '\0');
        } catch (BackendException e) {
          failure = e;
          throw new IOException("no PIN", e);
        }
      }
    }

    private void requireTries() throws BackendException {
      if (info.isPinLocked()) {
        throw new BackendException(
            Reason.MISCONFIGURED,
            "the token's user PIN is locked (CKF_USER_PIN_LOCKED), so none is sent: its security"
                + " officer must set it anew");
      }
      if (info.isFinalTry()) {
        throw new BackendException(
            Reason.MISCONFIGURED,
            "one more wrong PIN would lock the token (CKF_USER_PIN_FINAL_TRY), so none is sent:"
                + " log in once with the right one by the vendor's tool or pkcs11-tool --login,"
                + " which sets the count back, and see what gave the wrong ones");
      }
    }

    void zero() {
      if (asked != null) {
        Arrays.fill(asked, '\0');
      }
    }
  }
}
