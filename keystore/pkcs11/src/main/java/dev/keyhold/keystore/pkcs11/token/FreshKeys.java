package dev.keyhold.keystore.pkcs11.token;

import dev.keyhold.keystore.LocalRandom;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.ProviderException;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.SecretKey;

/**
 * The HMAC keys that this connection generated last, as the session objects that they were stored
 * from. SunPKCS11 calls a stored HMAC key "Generic Secret", and on JDK 25 (not on 17) refuses to
 * copy what has that algorithm, which is how a key gets another label. The session object still has
 * the algorithm that it was generated for, and copies.
 *
 * <p>Few are kept, since each takes room in the token. Used under the lock of {@link TokenStore}'s
 * changes.
 */
final class FreshKeys {
  /** How many are kept. */
  static final int MOST = 16;

  private static final int PROBE_LENGTH = 32;

  private final TokenMechanisms mechanisms;
  private final Map<String, SecretKey> keys = new LinkedHashMap<>();

  FreshKeys(TokenMechanisms mechanisms) {
    this.mechanisms = mechanisms;
  }

  /** Keeps the session object that a key was stored from, if it is of use. */
  void keep(String label, SecretKey key) {
    if (key.getAlgorithm().equals("AES")) {
      return; // a stored AES key can be copied itself
    }
    keys.remove(label); // the newest one goes last
    keys.put(label, key);
    if (keys.size() > MOST) {
      keys.remove(keys.keySet().iterator().next());
    }
  }

  /** The key has another label from now on. */
  void relabelled(String from, String to) {
    SecretKey key = keys.remove(from);
    if (key != null) {
      keep(to, key);
    }
  }

  /**
   * The key to make a copy from: the session object if it is still alive and the same key, else the
   * stored one.
   */
  SecretKey copyable(String label, SecretKey stored) {
    SecretKey fresh = keys.get(label);
    return fresh != null && isSame(fresh, stored) ? fresh : stored;
  }

  /** Another process may have put another key under this label meanwhile: that one counts. */
  private boolean isSame(SecretKey fresh, SecretKey stored) {
    byte[] probe = LocalRandom.bytes(PROBE_LENGTH);
    String algorithm = fresh.getAlgorithm();
    try {
      return MessageDigest.isEqual(
          mechanisms.hmac(algorithm, fresh, probe), mechanisms.hmac(algorithm, stored, probe));
    } catch (GeneralSecurityException | ProviderException e) {
      return false; // its session or login has ended; so says the stored key too, if it is dead
    }
  }
}
