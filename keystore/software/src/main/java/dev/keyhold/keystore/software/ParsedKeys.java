package dev.keyhold.keystore.software;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.ErasableKey;
import dev.keyhold.keystore.software.engine.Engines;
import dev.keyhold.keystore.software.engine.KeyPairs;
import dev.keyhold.keystore.software.ring.StoredKey;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Private keys in the JDK's form. Each is kept from its first use until the key leaves memory: to
 * parse it takes longer than to sign with it. Thread-safe.
 */
final class ParsedKeys {
  private final Map<ErasableKey, PrivateKey> parsed = new ConcurrentHashMap<>();

  /** Drops the JDK's form of keys that are not in memory any more. */
  void forgetDestroyed() {
    parsed.keySet().removeIf(ErasableKey::isDestroyed);
  }

  PrivateKey usable(StoredKey key) throws BackendException {
    ErasableKey material = key.current().orElseThrow(() -> SoftwareKeks.notActive(key)).material();
    PrivateKey known = parsed.get(material);
    if (known != null && !material.isDestroyed()) {
      return known;
    }
    byte[] encoded = new byte[0];
    try {
      encoded = material.getEncoded();
      PrivateKey fresh = KeyPairs.parse(key.spec().algorithm(), encoded);
      parsed.put(material, fresh);
      if (material.isDestroyed()) {
        parsed.remove(material); // it was destroyed meanwhile
      }
      return fresh;
    } catch (IllegalStateException e) {
      throw Engines.closed();
    } catch (GeneralSecurityException e) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          "this JVM can't use a key " + key.spec() + ": check java.security",
          e);
    } finally {
      Arrays.fill(encoded, (byte) 0);
    }
  }
}
