package dev.keyhold.keystore.pkcs11;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
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
 * The login of one provider instance. If the process is logged in to the token already, through
 * whomever, PKCS#11 asks for no PIN; then the logout is not ours either. Thread-safe.
 */
final class TokenLogin {
  private static final Logger LOG = System.getLogger(TokenLogin.class.getPackageName());

  private final AuthProvider provider;
  private final Pin pin;
  private final String token;
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicBoolean left = new AtomicBoolean();
  private volatile boolean ours;

  /**
   * For a provider.
   *
   * @param token names the token within this process: library and slot
   */
  TokenLogin(AuthProvider provider, Pin pin, String token) {
    this.provider = provider;
    this.pin = pin;
    this.token = token;
    LoginCount.PROCESS.enter(token);
  }

  /** Logs in if that is needed. One at a time, so that no wrong PIN is tried twice. */
  void ensure() throws BackendException {
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      throw Interrupts.unavailable(e);
    }
    PinHandler handler = new PinHandler(pin);
    try {
      provider.login(null, handler);
      if (handler.asked != null) {
        ours = true;
      }
    } catch (LoginException e) {
      throw translate(e, handler);
    } finally {
      handler.zero();
      lock.unlock();
    }
  }

  /**
   * Ends the use, once; logs out if nobody else in this process is logged in through Keyhold.
   *
   * @return whether it logged out
   */
  boolean leave(boolean dead) {
    if (!left.compareAndSet(false, true)) {
      return false;
    }
    boolean last = LoginCount.PROCESS.leave(token);
    if (dead || !last || !ours) {
      return false;
    }
    logOut(provider);
    return true;
  }

  /** Logs out through a provider, and closes its sessions. */
  static void logOut(AuthProvider provider) {
    try {
      provider.logout();
    } catch (LoginException | RuntimeException e) {
      LOG.log(Level.DEBUG, "logging out of the token failed", e);
    }
  }

  private BackendException translate(LoginException e, PinHandler handler) {
    if (handler.failure != null) {
      return handler.failure;
    }
    if (Pkcs11Errors.isWrongPin(e) && handler.asked != null) {
      pin.refuse(handler.asked);
      return new BackendException(
          Reason.MISCONFIGURED,
          "the token refuses the PIN; it is not tried again, because tokens lock: correct it",
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
    private char[] asked;
    private BackendException failure;

    PinHandler(Pin pin) {
      this.pin = pin;
    }

    @Override
    public void handle(Callback[] callbacks) throws IOException, UnsupportedCallbackException {
      for (Callback callback : callbacks) {
        if (!(callback instanceof PasswordCallback prompt)) {
          throw new UnsupportedCallbackException(callback);
        }
        try {
          asked = pin.read();
        } catch (BackendException e) {
          failure = e;
          throw new IOException("no PIN", e);
        }
        prompt.setPassword(asked);
      }
    }

    void zero() {
      if (asked != null) {
        Arrays.fill(asked, '\0');
      }
    }
  }
}
