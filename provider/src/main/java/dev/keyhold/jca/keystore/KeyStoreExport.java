package dev.keyhold.jca.keystore;

import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.jca.key.KeyHandle;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.policy.AliasPatterns;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes a key store file for keys that are there. */
public final class KeyStoreExport {
  private KeyStoreExport() {}

  /**
   * Writes a file with these aliases.
   *
   * @param aliases each in full; none for all that the key store shows
   * @return the aliases that were written
   * @throws BackendException with NOT_FOUND if one of them has no key; nothing is written then
   */
  public static List<String> write(
      ProviderInstance instance, List<String> aliases, OutputStream stream, char[] password)
      throws BackendException, IOException {
    AliasPatterns chosen = aliases.isEmpty() ? null : AliasPatterns.of(aliases);
    LiveKeys live = new LiveKeys(instance, new CertificateChains(), chosen);
    Map<String, StoredEntry> entries = new LinkedHashMap<>();
    if (aliases.isEmpty()) {
      entries.putAll(live.entries(false));
    }
    for (String alias : aliases) {
      Optional<KeyHandle> key = live.key(alias);
      if (key.isEmpty()) {
        throw new BackendException(
            Reason.NOT_FOUND, "alias %s: %s".formatted(alias, live.whyMissing(alias)));
      }
      entries.put(alias, KeyEntries.stored(key.get(), List.of()));
    }
    if (entries.isEmpty()) {
      throw new BackendException(Reason.NOT_FOUND, "there is no key to write");
    }
    KeyStoreFile.write(stream, password, entries);
    return new ArrayList<>(entries.keySet());
  }
}
