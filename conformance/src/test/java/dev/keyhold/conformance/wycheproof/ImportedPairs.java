package dev.keyhold.conformance.wycheproof;

import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.opentest4j.TestAbortedException;

/** Brings the key pairs of vectors into a backend, each of them once. */
final class ImportedPairs implements PairKeys {
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
        throw Import.sampled(limit);
      }
      try {
        Certificate[] chain = {Certified.of(raw.getPublic(), usage)};
        handle = (PrivateKey) Import.into(provider, raw.getPrivate(), chain, "such key");
      } catch (TestAbortedException e) {
        refused.put(kind, e);
        throw e;
      }
      handles.put(id, handle);
    }
    return handle;
  }
}
