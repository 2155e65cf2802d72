package dev.keyhold.jca;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.routing.ProcessText;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.Key;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.KeyStoreSpi;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * {@code KeyStore.getInstance("Keyhold")}. Loaded without a stream it shows, live, the keys of the
 * configured backends that routing admits. Loaded from a stream it holds the aliases of that file,
 * each with the URI of its key.
 *
 * <p>A private key has the certificates of its entry in the file, else those that {@link
 * Certificates} finds.
 *
 * <p>Stored after having been loaded without a stream (which is how keytool makes a new file), the
 * file has the aliases that were set meanwhile.
 */
final class KeyholdKeyStore extends KeyStoreSpi {
  private static final System.Logger LOG = System.getLogger("dev.keyhold.keystore");

  private final Instance instance;
  private final BackendKeys backendKeys;
  private final Certificates certificates = new Certificates();

  /** Whether the aliases are those of a file, not those of the backends. */
  private boolean ofFile;

  private Map<String, StoredEntry> file = new LinkedHashMap<>();

  KeyholdKeyStore(Instance instance) {
    this.instance = instance;
    backendKeys = new BackendKeys(instance);
  }

  // ---- load and store

  @Override
  public synchronized void engineLoad(InputStream stream, char[] password) throws IOException {
    KeyholdProviders.warnOfOthers(instance);
    if (stream != null) {
      requireWhole(password);
      file = KeyStoreFile.read(stream, password);
      ofFile = true;
      return;
    }
    file = new LinkedHashMap<>();
    ofFile = false;
    if (password != null) {
      try {
        backendKeys.unlock(password);
      } catch (BackendException e) {
        throw loadFailed(e);
      }
    }
  }

  /** Refuses a password that the locale damaged: other passwords would be the same one. */
  private static void requireWhole(char[] password) throws IOException {
    if (password != null && ProcessText.isDamaged(password)) {
      String message = "the password of the key store " + ProcessText.damage();
      throw new IOException(message, new UnrecoverableKeyException(message));
    }
  }

  /** Whether a stream begins as a file of this type does; lets the JDK tell what a file is. */
  @Override
  public boolean engineProbe(InputStream stream) throws IOException {
    return KeyStoreFile.isOne(stream);
  }

  private static IOException loadFailed(BackendException e) {
    if (e.reason() != BackendException.Reason.MISCONFIGURED) {
      return new IOException(e.getMessage(), e);
    }
    // the JCA's sign for a wrong password
    UnrecoverableKeyException wrongPassword = new UnrecoverableKeyException(e.getMessage());
    wrongPassword.initCause(e);
    return new IOException(e.getMessage(), wrongPassword);
  }

  @Override
  public synchronized void engineStore(OutputStream stream, char[] password) throws IOException {
    if (stream != null) {
      requireWhole(password);
      KeyStoreFile.write(stream, password, file);
    } else if (!ofFile && file.values().stream().anyMatch(StoredEntry.Trusted.class::isInstance)) {
      throw new IOException(
          "the backends keep no trusted certificates; keep them in a key store file");
    }
  }

  // ---- what is there

  @Override
  public synchronized Enumeration<String> engineAliases() {
    if (ofFile) {
      return Collections.enumeration(new ArrayList<>(file.keySet()));
    }
    try {
      Set<String> aliases = new TreeSet<>(backendKeys.aliases());
      file.forEach(
          (alias, entry) -> {
            if (entry instanceof StoredEntry.Trusted) {
              aliases.add(alias);
            }
          });
      return Collections.enumeration(aliases);
    } catch (BackendException e) {
      throw Errors.inUse(e);
    }
  }

  @Override
  public int engineSize() {
    return Collections.list(engineAliases()).size();
  }

  @Override
  public boolean engineContainsAlias(String alias) {
    return kind(alias) != null;
  }

  @Override
  public boolean engineIsKeyEntry(String alias) {
    Class<? extends KeyStore.Entry> kind = kind(alias);
    return kind != null && kind != KeyStore.TrustedCertificateEntry.class;
  }

  @Override
  public boolean engineIsCertificateEntry(String alias) {
    return kind(alias) == KeyStore.TrustedCertificateEntry.class;
  }

  @Override
  public boolean engineEntryInstanceOf(String alias, Class<? extends KeyStore.Entry> type) {
    return kind(alias) == type;
  }

  /** What an alias is, asking a backend no more than for its key; null for nothing. */
  private synchronized Class<? extends KeyStore.Entry> kind(String alias) {
    StoredEntry entry = file.get(alias);
    if (entry instanceof StoredEntry.Trusted) {
      return KeyStore.TrustedCertificateEntry.class;
    }
    if (ofFile) {
      return entry == null
          ? null
          : entry instanceof StoredEntry.Private
              ? KeyStore.PrivateKeyEntry.class
              : KeyStore.SecretKeyEntry.class;
    }
    return find(alias)
        .<Class<? extends KeyStore.Entry>>map(
            key ->
                key.spec().isKeyPair()
                    ? KeyStore.PrivateKeyEntry.class
                    : KeyStore.SecretKeyEntry.class)
        .orElse(null);
  }

  private Optional<KeyMetadata> find(String alias) {
    try {
      return backendKeys.find(alias);
    } catch (BackendException e) {
      throw Errors.inUse(e);
    }
  }

  // ---- keys

  @Override
  public Key engineGetKey(String alias, char[] password) throws UnrecoverableKeyException {
    Optional<KeyHandle> key;
    try {
      key = key(alias);
    } catch (BackendException e) {
      throw Errors.atGetKey(e);
    }
    if (key.isEmpty() && !engineIsCertificateEntry(alias)) {
      // the caller gets null, and later an error that says nothing: so the log says why
      LOG.log(System.Logger.Level.WARNING, "no key for alias {0}: {1}", alias, whyMissing(alias));
    }
    return key.orElse(null);
  }

  private synchronized String whyMissing(String alias) {
    return ofFile ? "the key store file has no such alias" : backendKeys.whyMissing(alias);
  }

  private synchronized Optional<KeyHandle> key(String alias) throws BackendException {
    if (file.get(alias) instanceof StoredEntry.Trusted) {
      return Optional.empty();
    }
    if (ofFile) {
      StoredEntry entry = file.get(alias);
      if (entry instanceof StoredEntry.Secret secret) {
        return Optional.of(new SecretKeyHandle(instance, alias, secret.uri(), secret.algorithm()));
      }
      return entry instanceof StoredEntry.Private stored
          ? Optional.of(backendKeys.privateKey(alias, stored.uri()))
          : Optional.empty();
    }
    Optional<KeyMetadata> found = backendKeys.find(alias);
    return found.isEmpty() ? Optional.empty() : Optional.of(backendKeys.handle(alias, found.get()));
  }

  @Override
  public KeyStore.Entry engineGetEntry(String alias, KeyStore.ProtectionParameter protection)
      throws UnrecoverableKeyException {
    if (engineIsCertificateEntry(alias)) {
      return new KeyStore.TrustedCertificateEntry(engineGetCertificate(alias));
    }
    Key key = engineGetKey(alias, null);
    if (key instanceof PrivateKeyHandle handle) {
      try {
        return new KeyStore.PrivateKeyEntry(handle, chain(handle).toArray(X509Certificate[]::new));
      } catch (BackendException e) {
        throw Errors.atGetKey(e);
      }
    }
    return key instanceof SecretKeyHandle handle ? new KeyStore.SecretKeyEntry(handle) : null;
  }

  // ---- certificates

  @Override
  public Certificate[] engineGetCertificateChain(String alias) {
    StoredEntry entry;
    synchronized (this) {
      entry = file.get(alias);
    }
    if (entry instanceof StoredEntry.Private stored && !stored.chain().isEmpty() && ofFile) {
      return stored.chain().toArray(X509Certificate[]::new);
    }
    try {
      Optional<KeyHandle> key = key(alias);
      return key.isPresent() && key.get() instanceof PrivateKeyHandle handle
          ? chain(handle).toArray(X509Certificate[]::new)
          : null;
    } catch (BackendException e) {
      throw Errors.inUse(e);
    }
  }

  private List<X509Certificate> chain(PrivateKeyHandle key) throws BackendException {
    StoredEntry entry;
    synchronized (this) {
      entry = ofFile ? file.get(key.alias()) : null;
    }
    return entry instanceof StoredEntry.Private stored && !stored.chain().isEmpty()
        ? stored.chain()
        : certificates.chain(key);
  }

  @Override
  public Certificate engineGetCertificate(String alias) {
    synchronized (this) {
      if (file.get(alias) instanceof StoredEntry.Trusted trusted) {
        return trusted.certificate();
      }
    }
    if (kind(alias) != KeyStore.PrivateKeyEntry.class) {
      return null;
    }
    Certificate[] chain = engineGetCertificateChain(alias);
    return chain == null ? null : chain[0];
  }

  @Override
  public String engineGetCertificateAlias(Certificate certificate) {
    for (String alias : Collections.list(engineAliases())) {
      if (certificate.equals(engineGetCertificate(alias))) {
        return alias;
      }
    }
    return null;
  }

  /** When the key was made; the epoch (1970) for a key whose backend does not know. */
  @Override
  @SuppressWarnings("JavaUtilDate") // what the JCA asks for
  public synchronized Date engineGetCreationDate(String alias) {
    StoredEntry entry = file.get(alias);
    if (ofFile || entry instanceof StoredEntry.Trusted) {
      return entry == null ? null : Date.from(entry.bound());
    }
    return find(alias).map(key -> key.created().map(Date::from).orElse(new Date(0))).orElse(null);
  }

  // ---- changes

  @Override
  public synchronized void engineSetKeyEntry(
      String alias, Key key, char[] password, Certificate[] chain) throws KeyStoreException {
    List<X509Certificate> certificateChain = KeyEntries.chain(key, chain);
    try {
      KeyHandle bound =
          ofFile
              ? KeyEntries.requireHandle(instance, key)
              : KeyEntries.bindAtBackend(instance, alias, key, certificateChain);
      file.put(alias, KeyEntries.stored(bound, certificateChain));
    } catch (BackendException e) {
      throw Errors.inKeyStore(e);
    }
  }

  /** As {@link #engineSetKeyEntry}: a handle needs no password to protect it. */
  @Override
  public void engineSetEntry(
      String alias, KeyStore.Entry entry, KeyStore.ProtectionParameter protection)
      throws KeyStoreException {
    if (entry instanceof KeyStore.SecretKeyEntry secret) {
      engineSetKeyEntry(alias, secret.getSecretKey(), null, null);
    } else if (entry instanceof KeyStore.PrivateKeyEntry pair) {
      engineSetKeyEntry(alias, pair.getPrivateKey(), null, pair.getCertificateChain());
    } else if (entry instanceof KeyStore.TrustedCertificateEntry trusted) {
      engineSetCertificateEntry(alias, trusted.getTrustedCertificate());
    } else {
      throw new KeyStoreException("Keyhold keeps no " + entry.getClass().getName());
    }
  }

  @Override
  public void engineSetKeyEntry(String alias, byte[] key, Certificate[] chain)
      throws KeyStoreException {
    throw new KeyStoreException("Keyhold takes no encoded keys");
  }

  /** Kept in the file; without one, until this object is forgotten. */
  @Override
  public synchronized void engineSetCertificateEntry(String alias, Certificate certificate)
      throws KeyStoreException {
    if (!(certificate instanceof X509Certificate x509)) {
      throw new KeyStoreException("Keyhold keeps X.509 certificates only");
    }
    if (engineIsKeyEntry(alias)) {
      throw new KeyStoreException("the alias " + alias + " is a key's");
    }
    file.put(alias, new StoredEntry.Trusted(x509, Instant.now()));
  }

  /** Removes the alias and says so. The key is never destroyed. */
  @Override
  public synchronized void engineDeleteEntry(String alias) throws KeyStoreException {
    StoredEntry entry = file.remove(alias);
    if (entry instanceof StoredEntry.Trusted) {
      return;
    }
    if (ofFile) {
      if (entry instanceof StoredEntry.Secret secret) {
        said(alias, secret.uri().toString());
      } else if (entry instanceof StoredEntry.Private stored) {
        said(alias, stored.uri().toString());
      }
      return;
    }
    try {
      backendKeys.unname(alias).ifPresent(where -> said(alias, where));
    } catch (BackendException e) {
      throw Errors.inKeyStore(e);
    }
  }

  private static void said(String alias, String where) {
    LOG.log(
        System.Logger.Level.INFO,
        "alias {0} is removed; its key is not destroyed, and remains as {1}",
        alias,
        where);
  }
}
