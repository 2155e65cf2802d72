package dev.keyhold.keystore.pkcs11.library;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.AuthProvider;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.login.LoginException;

/**
 * A token that all backends of this process share. A PKCS#11 login belongs to the process, not to a
 * session: after a logout the keys of all users fail, so only the last user logs out. The SunPKCS11
 * instances are shared too, one for each configuration: the JDK keeps a reference to an instance
 * until the logout.
 *
 * <p>Thread-safe.
 */
public final class ProcessToken {
  private static final Logger LOG = System.getLogger(ProcessToken.class.getPackageName());
  private static final Map<String, ProcessToken> TOKENS = new HashMap<>(); // guarded by itself

  private final String name;
  private final ReentrantLock opening = new ReentrantLock();
  private final ChangeLock changes = new ChangeLock();
  private final Map<String, AuthProvider> instances = new HashMap<>(); // guarded by opening
  private final List<AuthProvider> retired = new ArrayList<>(); // guarded by opening
  private volatile boolean ours;
  private volatile Optional<TokenInfo> info = Optional.empty();
  private int users; // guarded by TOKENS

  private ProcessToken(String name) {
    this.name = name;
  }

  /**
   * Enters one more user of a token.
   *
   * @param name names the token within this process: library and slot
   */
  public static ProcessToken enter(String name) {
    synchronized (TOKENS) {
      ProcessToken token = TOKENS.computeIfAbsent(name, ProcessToken::new);
      token.users++;
      return token;
    }
  }

  /** Returns what a token says of itself, if it is in use, so that it need not be asked. */
  static Optional<TokenInfo> known(String name) {
    synchronized (TOKENS) {
      return Optional.ofNullable(TOKENS.get(name)).flatMap(token -> token.info);
    }
  }

  /**
   * Releases an instance that was opened to read the token's description, or keeps it with that
   * description if the JDK can't release it.
   */
  static void asked(String name, AuthProvider instance, TokenInfo info) {
    if (info.isAskedForPin() && !isLoggedIn(instance)) {
      logOut(instance); // nobody is logged in: it only ends the instance
      return;
    }
    synchronized (TOKENS) {
      TOKENS.computeIfAbsent(name, ProcessToken::new).info = Optional.of(info);
    }
  }

  /** Returns the lock under which objects of this token change. */
  public ChangeLock changes() {
    return changes;
  }

  /** Remembers what the token said of itself. */
  public void is(TokenInfo told) {
    info = Optional.of(told);
  }

  /** Notes that Keyhold's PIN logged the process in, so that Keyhold may log it out. */
  public void loggedIn() {
    ours = true;
  }

  /** Returns the instance of a configuration, opened if there is none that works. */
  public AuthProvider instance(String configuration, Supplier<AuthProvider> opener) {
    opening.lock();
    try {
      AuthProvider known = instances.get(configuration);
      if (known != null && known.getService("KeyStore", "PKCS11") != null) {
        return known;
      }
      AuthProvider opened = opener.get();
      instances.put(configuration, opened);
      return opened;
    } finally {
      opening.unlock();
    }
  }

  /** Takes an instance that no longer serves out of use: the next user gets a new one. */
  public void retire(AuthProvider instance) {
    opening.lock();
    try {
      if (instance == null || !instances.values().remove(instance)) {
        return;
      }
      retired.add(instance);
    } finally {
      opening.unlock();
    }
    info = Optional.empty();
  }

  /**
   * Leaves; the last user logs out, unless the login was made by others than Keyhold.
   *
   * @param dead whether the library no longer answers: there is no login to keep
   */
  public void leave(boolean dead) {
    synchronized (TOKENS) {
      if (--users > 0) {
        return;
      }
      if (ours || dead) {
        TOKENS.remove(name, this);
      }
    }
    if (dead) {
      // a library that does not work any more may take long to fail
      Thread thread = new Thread(() -> end(true), "keyhold-pkcs11-release");
      thread.setDaemon(true);
      thread.start();
    } else {
      end(ours);
    }
  }

  private void end(boolean evenIfLoggedIn) {
    List<AuthProvider> all = new ArrayList<>();
    opening.lock();
    try {
      all.addAll(retired);
      all.addAll(instances.values());
      if (evenIfLoggedIn) {
        retired.clear();
        instances.clear();
      }
    } finally {
      opening.unlock();
    }
    for (AuthProvider instance : all) {
      if (evenIfLoggedIn || !isLoggedIn(instance)) {
        logOut(instance);
      }
    }
  }

  /** Returns whether the process is logged in; sends no PIN. */
  private static boolean isLoggedIn(AuthProvider instance) {
    CallbackHandler none =
        callbacks -> {
          throw new IOException("only asked");
        };
    try {
      instance.login(null, none);
      return true;
    } catch (LoginException | RuntimeException e) {
      return false;
    }
  }

  /** Logs out through an instance, and ends it with its sessions. */
  static void logOut(AuthProvider instance) {
    try {
      instance.logout();
    } catch (LoginException | RuntimeException e) {
      LOG.log(Level.DEBUG, "logging out of the token failed", e);
    }
  }
}
