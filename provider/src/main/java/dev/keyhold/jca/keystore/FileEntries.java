package dev.keyhold.jca.keystore;

import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.jca.key.KeyHandle;
import dev.keyhold.jca.key.SecretKeyHandle;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.platform.ProcessText;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The entries of a key store file, in its order: the alias, the URI of the key, certificates. Of a
 * key store that shows the backends' keys, the trusted certificates that were set. Not thread-safe.
 */
final class FileEntries {
  private static final System.Logger LOG = System.getLogger("dev.keyhold.keystore");

  private final Map<String, StoredEntry> entries;

  /** The keys of the aliases that were removed since the file was read. */
  private final Map<String, KeyUri> removed = new LinkedHashMap<>();

  private FileEntries(Map<String, StoredEntry> entries) {
    this.entries = entries;
  }

  /** Creates a file without entries. */
  static FileEntries none() {
    return new FileEntries(new LinkedHashMap<>());
  }

  /**
   * Reads a file.
   *
   * @param password null to read it unchecked
   */
  static FileEntries read(InputStream stream, char[] password) throws IOException {
    requireWhole(password);
    return new FileEntries(KeyStoreFile.read(stream, password));
  }

  /** Writes the file, and logs which aliases it has no more. */
  void write(OutputStream stream, char[] password) throws IOException {
    write(stream, password, entries);
    removed.forEach(FileEntries::logRemoval);
    removed.clear();
  }

  /** Writes a file of other entries. */
  static void write(OutputStream stream, char[] password, Map<String, StoredEntry> entries)
      throws IOException {
    requireWhole(password);
    KeyStoreFile.write(stream, password, entries);
  }

  /** Refuses a password that the locale damaged: other passwords would be the same one. */
  private static void requireWhole(char[] password) throws IOException {
    if (password != null && ProcessText.isDamaged(password)) {
      String message = "the password of the key store " + ProcessText.damage();
      throw new IOException(message, new UnrecoverableKeyException(message));
    }
  }

  private static void logRemoval(String alias, KeyUri key) {
    LOG.log(
        System.Logger.Level.WARNING,
        "alias {0} was removed from the key store file; its key is not destroyed, and remains as {1}",
        alias,
        key.toString());
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  Set<String> aliases() {
    return entries.keySet();
  }

  /** Returns a copy. */
  Map<String, StoredEntry> all() {
    return new LinkedHashMap<>(entries);
  }

  /** Returns the type of an alias's entry; null if it has none. */
  Class<? extends KeyStore.Entry> type(String alias) {
    StoredEntry entry = entries.get(alias);
    if (entry == null) {
      return null;
    }
    return entry instanceof StoredEntry.Trusted
        ? KeyStore.TrustedCertificateEntry.class
        : entry instanceof StoredEntry.Private
            ? KeyStore.PrivateKeyEntry.class
            : KeyStore.SecretKeyEntry.class;
  }

  /** Returns the handle of an alias's key; asks the backend about a private one. */
  Optional<KeyHandle> key(String alias, ProviderInstance instance, BackendKeys backends)
      throws BackendException {
    StoredEntry entry = entries.get(alias);
    if (entry instanceof StoredEntry.Secret secret) {
      return Optional.of(new SecretKeyHandle(instance, alias, secret.uri(), secret.algorithm()));
    }
    return entry instanceof StoredEntry.Private stored
        ? Optional.of(backends.privateKey(alias, stored.uri()))
        : Optional.empty();
  }

  /** Returns the certificates of an alias's private key; empty if the file has none. */
  List<X509Certificate> chain(String alias) {
    return entries.get(alias) instanceof StoredEntry.Private stored ? stored.chain() : List.of();
  }

  /** Returns the trusted certificate of an alias. */
  Optional<X509Certificate> trusted(String alias) {
    return entries.get(alias) instanceof StoredEntry.Trusted trusted
        ? Optional.of(trusted.certificate())
        : Optional.empty();
  }

  /** Returns the time when an alias was set. */
  Optional<Instant> bound(String alias) {
    return Optional.ofNullable(entries.get(alias)).map(StoredEntry::bound);
  }

  void put(String alias, StoredEntry entry) {
    entries.put(alias, entry);
    removed.remove(alias);
  }

  /** Removes an alias; what is written next says so in the log if it had a key. */
  void remove(String alias) {
    StoredEntry entry = entries.remove(alias);
    if (entry instanceof StoredEntry.Secret secret) {
      removed.put(alias, secret.uri());
    } else if (entry instanceof StoredEntry.Private stored) {
      removed.put(alias, stored.uri());
    }
  }
}
