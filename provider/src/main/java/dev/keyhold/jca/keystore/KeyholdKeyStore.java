package dev.keyhold.jca.keystore;

import dev.keyhold.KeyholdLoadStoreParameter;
import dev.keyhold.instance.KeyholdProviders;
import dev.keyhold.instance.ProviderInstance;
import dev.keyhold.jca.key.JcaErrors;
import dev.keyhold.jca.key.KeyHandle;
import dev.keyhold.jca.key.PrivateKeyHandle;
import dev.keyhold.jca.key.SecretKeyHandle;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.policy.AliasPatterns;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.Key;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.KeyStoreSpi;
import java.security.NoSuchAlgorithmException;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * {@code KeyStore.getInstance("Keyhold")}. Loaded without a stream it shows, live, the keys of the
 * configured backends that routing admits; changes wait until it is stored, see {@link LiveKeys}.
 * Loaded from a stream it holds the aliases of that file, each with the URI of its key.
 *
 * <p>A private key has the certificates of its entry in the file, else those that {@link
 * CertificateChains} finds.
 *
 * <p>Stored to a stream after having been loaded without one (which is how keytool makes a new
 * file), the file has the aliases that were set meanwhile; if none was, all that are shown.
 */
public final class KeyholdKeyStore extends KeyStoreSpi {
  private static final System.Logger LOG = System.getLogger("dev.keyhold.keystore");

  private final ProviderInstance instance;
  private final BackendKeys backendKeys;
  private final CertificateChains certificates = new CertificateChains();

  /** The backends' keys; null while the aliases are those of a file. */
  private LiveKeys live;

  /** The entries of the file; of a live key store, the trusted certificates that were set. */
  private FileEntries file = FileEntries.none();

  public KeyholdKeyStore(ProviderInstance instance) {
    this.instance = instance;
    backendKeys = new BackendKeys(instance);
    live = new LiveKeys(instance, certificates, null);
  }

  // ---- load and store

  @Override
  public synchronized void engineLoad(InputStream stream, char[] password) throws IOException {
    KeyholdProviders.warnOfOthers(instance);
    if (stream == null) {
      loadLive(null, password);
      return;
    }
    file = FileEntries.read(stream, password);
    live = null;
  }

  @Override
  public synchronized void engineLoad(KeyStore.LoadStoreParameter parameter)
      throws IOException, NoSuchAlgorithmException, CertificateException {
    if (!(parameter instanceof KeyholdLoadStoreParameter chosen)) {
      super.engineLoad(parameter);
      return;
    }
    char[] password = null;
    if (chosen.getProtectionParameter() instanceof KeyStore.PasswordProtection protection) {
      password = protection.getPassword();
    } else if (chosen.getProtectionParameter() != null) {
      throw new IOException("Keyhold takes a KeyStore.PasswordProtection, or none");
    }
    KeyholdProviders.warnOfOthers(instance);
    try {
      loadLive(AliasPatterns.of(chosen.aliases()), password);
    } catch (IllegalArgumentException e) {
      throw new IOException("the parameter " + e.getMessage(), e);
    }
  }

  private void loadLive(AliasPatterns chosen, char[] password) throws IOException {
    file = FileEntries.none();
    live = new LiveKeys(instance, certificates, chosen);
    if (password != null) {
      try {
        backendKeys.unlock(password);
      } catch (BackendException e) {
        throw loadFailed(e);
      }
    }
  }

  /**
   * Returns whether a stream begins as a file of this type does; lets the JDK tell what a file is.
   */
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

  /**
   * Writes a file if there is a stream. Without a stream, makes the changes at the backends that
   * were requested since this object was loaded; the password is then not used, and is never a PIN.
   */
  @Override
  public synchronized void engineStore(OutputStream stream, char[] password) throws IOException {
    if (live == null) {
      if (stream == null) {
        throw new IOException("this key store was loaded from a file: store it to a stream");
      }
      file.write(stream, password);
      return;
    }
    try {
      if (stream == null) {
        requireNoTrusted();
        live.store();
      } else {
        FileEntries.write(stream, password, liveEntries());
      }
    } catch (BackendException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public void engineStore(KeyStore.LoadStoreParameter parameter) throws IOException {
    engineStore(null, null);
  }

  private void requireNoTrusted() throws IOException {
    if (!file.isEmpty()) {
      throw new IOException(
          "the backends keep no trusted certificates (%s); keep them in a key store file. Nothing was changed"
              .formatted(String.join(", ", file.aliases())));
    }
  }

  private Map<String, StoredEntry> liveEntries() throws BackendException, IOException {
    Map<String, StoredEntry> entries = file.all();
    entries.putAll(live.entries(!file.isEmpty()));
    if (entries.isEmpty()) {
      throw new IOException(
          "the key store shows no key, so that there is nothing to write: make one, or see"
              + " keystore.aliases and the lines key.<alias> of the configuration");
    }
    return entries;
  }

  // ---- what is there

  /** Returns those that can be reached; a backend that does not answer is logged. */
  @Override
  public synchronized Enumeration<String> engineAliases() {
    if (live == null) {
      return Collections.enumeration(new ArrayList<>(file.aliases()));
    }
    try {
      return Collections.enumeration(listed(live.list()));
    } catch (BackendException e) {
      throw JcaErrors.inUse(e);
    }
  }

  private Set<String> listed(BackendKeys.Listing listing) {
    Set<String> aliases = new TreeSet<>(listing.aliases());
    aliases.addAll(file.aliases());
    return aliases;
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

  /** Returns what an alias is, asking a backend no more than for its key; null for nothing. */
  private synchronized Class<? extends KeyStore.Entry> kind(String alias) {
    Class<? extends KeyStore.Entry> stored = file.type(alias);
    if (live == null || stored != null) {
      return stored;
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
      return live.find(alias);
    } catch (BackendException e) {
      throw JcaErrors.inUse(e);
    }
  }

  // ---- keys

  @Override
  public Key engineGetKey(String alias, char[] password) throws UnrecoverableKeyException {
    Optional<KeyHandle> key;
    try {
      key = key(alias);
    } catch (BackendException e) {
      throw JcaErrors.atGetKey(e);
    }
    if (key.isEmpty() && !engineIsCertificateEntry(alias)) {
      // the caller gets null, and later an error without a reason, so the log has the reason
      LOG.log(System.Logger.Level.WARNING, "no key for alias {0}: {1}", alias, whyMissing(alias));
    }
    return key.orElse(null);
  }

  private synchronized String whyMissing(String alias) {
    return live == null ? "the key store file has no such alias" : live.whyMissing(alias);
  }

  private synchronized Optional<KeyHandle> key(String alias) throws BackendException {
    if (live == null) {
      return file.key(alias, instance, backendKeys);
    }
    if (file.trusted(alias).isPresent()) {
      return Optional.empty();
    }
    return live.key(alias);
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
        throw JcaErrors.atGetKey(e);
      }
    }
    return key instanceof SecretKeyHandle handle ? new KeyStore.SecretKeyEntry(handle) : null;
  }

  // ---- certificates

  /**
   * Returns the chain of a private key; null for a key that can't sign and has the placeholder
   * only, since code that chooses a key for TLS by its chain must not choose it.
   */
  @Override
  public Certificate[] engineGetCertificateChain(String alias) {
    try {
      Optional<KeyHandle> key = key(alias);
      if (key.isEmpty() || !(key.get() instanceof PrivateKeyHandle handle)) {
        return null;
      }
      List<X509Certificate> chain = chain(handle);
      return !handle.abilities().purposes().contains(Purpose.SIGN)
              && PlaceholderCertificate.isOne(chain)
          ? null
          : chain.toArray(X509Certificate[]::new);
    } catch (BackendException e) {
      throw JcaErrors.inUse(e);
    }
  }

  private synchronized List<X509Certificate> chain(PrivateKeyHandle key) throws BackendException {
    if (live != null) {
      return live.chain(key);
    }
    List<X509Certificate> stored = file.chain(key.alias());
    return stored.isEmpty() ? certificates.chain(key) : stored;
  }

  @Override
  public Certificate engineGetCertificate(String alias) {
    synchronized (this) {
      Optional<X509Certificate> trusted = file.trusted(alias);
      if (trusted.isPresent()) {
        return trusted.get();
      }
    }
    if (kind(alias) != KeyStore.PrivateKeyEntry.class) {
      return null;
    }
    try {
      Optional<KeyHandle> key = key(alias);
      return key.isPresent() && key.get() instanceof PrivateKeyHandle handle
          ? chain(handle).get(0)
          : null;
    } catch (BackendException e) {
      throw JcaErrors.inUse(e);
    }
  }

  /** Fails where it finds none and a backend does not answer, since that may have it. */
  @Override
  public synchronized String engineGetCertificateAlias(Certificate certificate) {
    try {
      BackendKeys.Listing listing =
          live == null ? new BackendKeys.Listing(file.aliases(), Map.of()) : live.list();
      for (String alias : listed(listing)) {
        if (certificate.equals(engineGetCertificate(alias))) {
          return alias;
        }
      }
      listing.whole();
      return null;
    } catch (BackendException e) {
      throw JcaErrors.inUse(e);
    }
  }

  /**
   * Returns the time when the key was made, or the epoch (1970) if its backend does not know it.
   */
  @Override
  @SuppressWarnings("JavaUtilDate") // what the JCA asks for
  public synchronized Date engineGetCreationDate(String alias) {
    if (live == null || file.trusted(alias).isPresent()) {
      return file.bound(alias).map(Date::from).orElse(null);
    }
    return find(alias).map(key -> key.created().map(Date::from).orElse(new Date(0))).orElse(null);
  }

  // ---- changes

  @Override
  public synchronized void engineSetKeyEntry(
      String alias, Key key, char[] password, Certificate[] chain) throws KeyStoreException {
    List<X509Certificate> certificateChain = KeyEntries.chain(key, chain);
    try {
      if (live == null) {
        KeyHandle handle = KeyEntries.requireHandle(instance, key);
        file.put(alias, KeyEntries.stored(handle, certificateChain));
      } else {
        live.set(alias, key, certificateChain);
        file.remove(alias); // a trusted certificate, if any
      }
    } catch (BackendException e) {
      throw JcaErrors.inKeyStore(e);
    }
  }

  /** Does what {@link #engineSetKeyEntry} does: a handle needs no password to protect it. */
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

  /** Sets a certificate: it is kept in the file, or without a file, only in this object. */
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

  /** Removes the alias, once this key store is stored. The key is never destroyed. */
  @Override
  public synchronized void engineDeleteEntry(String alias) throws KeyStoreException {
    boolean trusted = file.trusted(alias).isPresent();
    file.remove(alias);
    if (trusted || live == null) {
      return;
    }
    try {
      live.delete(alias);
    } catch (BackendException e) {
      throw JcaErrors.inKeyStore(e);
    }
  }
}
