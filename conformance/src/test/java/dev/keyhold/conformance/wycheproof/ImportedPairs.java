package dev.keyhold.conformance.wycheproof;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.opentest4j.TestAbortedException;

/**
 * Brings the key pairs of vectors into a backend, by {@code KeyStore.setKeyEntry}, each of them
 * once.
 */
final class ImportedPairs implements PairKeys {
  private static final AtomicInteger ALIASES = new AtomicInteger();

  private final Provider provider;
  private final int limit;
  private final Map<String, PrivateKey> handles = new HashMap<>();

  /** Kinds of keys that the backend does not take. */
  private final Map<String, TestAbortedException> refused = new HashMap<>();

  /**
   * Keys of one file.
   *
   * @param limit how many keys to import; vectors with further ones are skipped
   */
  ImportedPairs(Provider provider, int limit) {
    this.provider = provider;
    this.limit = limit;
  }

  @Override
  public PrivateKey key(KeyPair raw, int usage) throws Exception {
    String id = Base64.getEncoder().encodeToString(raw.getPublic().getEncoded());
    String kind = raw.getPublic().getAlgorithm() + raw.getPublic().getEncoded().length;
    if (refused.containsKey(kind)) {
      throw refused.get(kind);
    }
    PrivateKey handle = handles.get(id);
    if (handle == null) {
      if (handles.size() >= limit) {
        throw new TestAbortedException("sampled: " + limit + " keys of each file are imported");
      }
      try {
        handle = imported(raw, usage);
      } catch (TestAbortedException e) {
        refused.put(kind, e);
        throw e;
      }
      handles.put(id, handle);
    }
    return handle;
  }

  private PrivateKey imported(KeyPair raw, int usage) throws Exception {
    KeyStore store = KeyStore.getInstance("Keyhold", provider);
    store.load(null, null);
    String alias = "wycheproof-pair-" + ALIASES.incrementAndGet();
    Certificate[] chain = {Certified.of(raw.getPublic(), usage)};
    try {
      store.setKeyEntry(alias, raw.getPrivate(), null, chain);
    } catch (KeyStoreException e) {
      if (e.getCause() instanceof BackendException cause && cause.reason() == Reason.UNSUPPORTED) {
        throw new TestAbortedException("the backend takes no such key", e);
      }
      throw e;
    }
    if (store.getKey(alias, null) instanceof PrivateKey handle && handle.getEncoded() == null) {
      return handle;
    }
    throw new AssertionError("an imported private key must come back as a handle");
  }
}
