package dev.keyhold.conformance.wycheproof;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.security.Key;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.Provider;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.spec.SecretKeySpec;
import org.opentest4j.TestAbortedException;

/**
 * Brings the keys of vectors into a backend, by {@code KeyStore.setKeyEntry}, each of them once.
 */
final class ImportedKeys implements MacCheck.Keys {
  private static final AtomicInteger ALIASES = new AtomicInteger();

  private final Provider provider;
  private final int limit;
  private final Map<SecretKeySpec, Key> handles = new HashMap<>();

  /**
   * Keys of one file.
   *
   * @param limit how many keys to import; vectors with further ones are skipped
   */
  ImportedKeys(Provider provider, int limit) {
    this.provider = provider;
    this.limit = limit;
  }

  @Override
  public Key key(SecretKeySpec raw) throws Exception {
    Key handle = handles.get(raw);
    if (handle == null) {
      if (handles.size() >= limit) {
        throw new TestAbortedException("sampled: " + limit + " keys of each file are imported");
      }
      handle = imported(raw);
      handles.put(raw, handle);
    }
    return handle;
  }

  private Key imported(SecretKeySpec raw) throws Exception {
    KeyStore store = KeyStore.getInstance("Keyhold", provider);
    store.load(null, null);
    String alias = "wycheproof-" + ALIASES.incrementAndGet();
    try {
      store.setKeyEntry(alias, raw, null, null);
    } catch (KeyStoreException e) {
      if (e.getCause() instanceof BackendException cause && cause.reason() == Reason.UNSUPPORTED) {
        int bits = 8 * raw.getEncoded().length;
        throw new TestAbortedException("the backend takes no key of " + bits + " bits", e);
      }
      throw e;
    }
    Key handle = store.getKey(alias, null);
    if (handle == null || handle.getEncoded() != null) {
      throw new AssertionError("an imported key must come back as a handle, but was " + handle);
    }
    return handle;
  }
}
