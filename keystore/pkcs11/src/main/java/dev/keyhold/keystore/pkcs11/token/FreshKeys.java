package dev.keyhold.keystore.pkcs11.token;

import dev.keyhold.keystore.LocalRandom;
import dev.keyhold.keystore.kit.BoundedMemory;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.ProviderException;
import javax.crypto.SecretKey;

/**
 * The HMAC keys that this connection generated last, as the session objects that they were stored
 * from. SunPKCS11 calls a stored HMAC key "Generic Secret", and on JDK 25 (not on 17) refuses to
 * copy what has that algorithm, which is how a key gets another label. The session object still has
 * the algorithm that it was generated for, and can be copied.
 *
 * <p>Few are kept, since each takes room in the token. Used under the lock of {@link TokenStore}'s
 * changes.
 */
final class FreshKeys {
  /** The maximum number of keys that are kept. */
  static final int MOST = 16;

  private static final int PROBE_LENGTH = 32;

  private final TokenMechanisms mechanisms;
  private final BoundedMemory<String, SecretKey> keys = new BoundedMemory<>(MOST);

  FreshKeys(TokenMechanisms mechanisms) {
    this.mechanisms = mechanisms;
  }

  /** Keeps the session object that a key was stored from, if it is of use. */
  void keep(String label, SecretKey key) {
    if (key.getAlgorithm().equals("AES")) {
      return; // a stored AES key can be copied itself
    }
    keys.put(label, key);
  }

  /** Records that the key has another label from now on. */
  void relabelled(String from, String to) {
    keys.remove(from).ifPresent(key -> keep(to, key));
  }

  /**
   * Returns the key to make a copy from: the session object if it is still alive and the same key,
   * else the stored one.
   */
  SecretKey copyable(String label, SecretKey stored) {
    return keys.get(label).filter(fresh -> isSame(fresh, stored)).orElse(stored);
  }

  /**
   * Returns whether both are the same key: another process may have stored another key under this
   * label meanwhile, which takes precedence.
   */
  private boolean isSame(SecretKey fresh, SecretKey stored) {
    byte[] probe = LocalRandom.bytes(PROBE_LENGTH);
    String algorithm = fresh.getAlgorithm();
    try {
      return MessageDigest.isEqual(
          mechanisms.hmac(algorithm, fresh, probe), mechanisms.hmac(algorithm, stored, probe));
    } catch (GeneralSecurityException | ProviderException e) {
      return false; // its session or login has ended; the stored key fails too if it is unusable
    }
  }
}
