package dev.keyhold.conformance.wycheproof;

import java.security.Key;
import java.security.Provider;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.spec.SecretKeySpec;

/** Brings the secret keys of vectors into a backend, each of them once. */
final class ImportedKeys implements MacCheck.Keys {
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
        throw Import.sampled(limit);
      }
      handle = Import.into(provider, raw, null, "key of " + 8 * raw.getEncoded().length + " bits");
      handles.put(raw, handle);
    }
    return handle;
  }
}
