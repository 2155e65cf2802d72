package dev.keyhold.keystore.pkcs11;

import java.util.HashMap;
import java.util.Map;

/**
 * How many users each token has in this process. A PKCS#11 login belongs to the process, not to a
 * session: a logout by one user kills the keys of all. So only the last one logs out. Thread-safe.
 */
final class LoginCount {
  /** Shared by all backends: what it counts belongs to the process too. */
  static final LoginCount PROCESS = new LoginCount();

  private final Map<String, Integer> users = new HashMap<>();

  /** One user more of this token, named by library and slot. */
  synchronized void enter(String token) {
    users.merge(token, 1, Integer::sum);
  }

  /** One user less; says whether it was the last. */
  synchronized boolean leave(String token) {
    return users.computeIfPresent(token, (name, count) -> count == 1 ? null : count - 1) == null;
  }
}
