package dev.keyhold.conformance.wycheproof;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.security.Key;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.Provider;
import java.security.cert.Certificate;
import java.util.concurrent.atomic.AtomicInteger;
import org.opentest4j.TestAbortedException;

/** Brings the key of a vector into the backend of a provider, by {@code KeyStore.setKeyEntry}. */
final class Import {
  private static final AtomicInteger ALIASES = new AtomicInteger();

  private Import() {}

  /**
   * Imports a key.
   *
   * @param chain null for a secret key
   * @param what the kind of key, for the reason of a skip
   * @return its handle
   * @throws TestAbortedException if the backend takes no such keys
   */
  static Key into(Provider provider, Key raw, Certificate[] chain, String what) throws Exception {
    KeyStore store = KeyStore.getInstance("Keyhold", provider);
    store.load(null, null);
    String alias = "wycheproof-" + ALIASES.incrementAndGet();
    try {
      store.setKeyEntry(alias, raw, null, chain);
    } catch (KeyStoreException e) {
      if (e.getCause() instanceof BackendException cause && cause.reason() == Reason.UNSUPPORTED) {
        throw new TestAbortedException("the backend takes no " + what, e);
      }
      throw e;
    }
    Key handle = store.getKey(alias, null);
    if (handle == null || handle.getEncoded() != null) {
      throw new AssertionError("an imported key must come back as a handle, but was " + handle);
    }
    return handle;
  }

  /** Why a vector is skipped whose key is one too many. */
  static TestAbortedException sampled(int limit) {
    return new TestAbortedException("sampled: " + limit + " keys of each file are imported");
  }
}
