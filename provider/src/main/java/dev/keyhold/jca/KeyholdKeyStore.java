package dev.keyhold.jca;

import dev.keyhold.keystore.BackendException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.Key;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.KeyStoreSpi;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.util.Collections;
import java.util.Date;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.crypto.SecretKey;

/**
 * {@code KeyStore.getInstance("Keyhold")}. Loaded without a stream it shows, live, the keys of the
 * configured backends that routing admits. Loaded from a stream it holds the aliases of that file,
 * each with the URI of its key.
 *
 * <p>Stored after having been loaded without a stream (which is how keytool makes a new file), the
 * file has the aliases that were set meanwhile.
 */
final class KeyholdKeyStore extends KeyStoreSpi {
  private static final System.Logger LOG = System.getLogger("dev.keyhold.keystore");

  private final Instance instance;
  private final BackendKeys backendKeys;

  /** Whether the aliases are those of a file, not those of the backends. */
  private boolean ofFile;

  private Map<String, KeyStoreFile.Entry> file = new LinkedHashMap<>();

  KeyholdKeyStore(Instance instance) {
    this.instance = instance;
    backendKeys = new BackendKeys(instance);
  }

  // ---- load and store

  @Override
  public synchronized void engineLoad(InputStream stream, char[] password) throws IOException {
    if (stream != null) {
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
      KeyStoreFile.write(stream, password, file);
    }
  }

  // ---- what is there

  @Override
  public synchronized Enumeration<String> engineAliases() {
    try {
      return Collections.enumeration(ofFile ? file.keySet() : backendKeys.aliases());
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
    return find(alias).isPresent();
  }

  @Override
  public boolean engineIsKeyEntry(String alias) {
    return find(alias).isPresent();
  }

  @Override
  public boolean engineIsCertificateEntry(String alias) {
    return false;
  }

  @Override
  public Key engineGetKey(String alias, char[] password) {
    Optional<SecretKeyHandle> key = find(alias);
    if (key.isEmpty()) {
      // the caller gets null, and later an error that says nothing: so the log says why
      LOG.log(System.Logger.Level.WARNING, "no key for alias {0}: {1}", alias, whyMissing(alias));
    }
    return key.orElse(null);
  }

  private synchronized String whyMissing(String alias) {
    return ofFile ? "the key store file has no such alias" : backendKeys.whyMissing(alias);
  }

  private synchronized Optional<SecretKeyHandle> find(String alias) {
    if (ofFile) {
      return Optional.ofNullable(file.get(alias))
          .map(entry -> new SecretKeyHandle(instance, alias, entry.uri(), entry.algorithm()));
    }
    try {
      return backendKeys.find(alias).map(key -> SecretKeyHandle.of(instance, alias, key));
    } catch (BackendException e) {
      throw Errors.inUse(e);
    }
  }

  @Override
  public KeyStore.Entry engineGetEntry(String alias, KeyStore.ProtectionParameter protection) {
    return find(alias).map(KeyStore.SecretKeyEntry::new).orElse(null);
  }

  @Override
  public boolean engineEntryInstanceOf(String alias, Class<? extends KeyStore.Entry> type) {
    return type == KeyStore.SecretKeyEntry.class && find(alias).isPresent();
  }

  @Override
  public Certificate[] engineGetCertificateChain(String alias) {
    return null;
  }

  @Override
  public Certificate engineGetCertificate(String alias) {
    return null;
  }

  @Override
  public String engineGetCertificateAlias(Certificate certificate) {
    return null;
  }

  /** When the key was made; the epoch (1970) for a key whose backend does not know. */
  @Override
  @SuppressWarnings("JavaUtilDate") // what the JCA asks for
  public synchronized Date engineGetCreationDate(String alias) {
    try {
      if (ofFile) {
        return Optional.ofNullable(file.get(alias))
            .map(entry -> Date.from(entry.bound()))
            .orElse(null);
      }
      return backendKeys
          .find(alias)
          .map(key -> key.created().map(Date::from).orElse(new Date(0)))
          .orElse(null);
    } catch (BackendException e) {
      throw Errors.inUse(e);
    }
  }

  // ---- changes

  @Override
  public synchronized void engineSetKeyEntry(
      String alias, Key key, char[] password, Certificate[] chain) throws KeyStoreException {
    if (!(key instanceof SecretKey secret)) {
      throw new KeyStoreException("Keyhold keeps secret keys only, not " + key.getAlgorithm());
    }
    if (chain != null && chain.length > 0) {
      throw new KeyStoreException("a secret key has no certificates");
    }
    try {
      SecretKeyHandle bound = ofFile ? ofFile(secret) : backendKeys.bind(alias, secret);
      file.put(alias, KeyStoreFile.Entry.now(bound.uri(), bound.getAlgorithm()));
    } catch (BackendException e) {
      throw Errors.inKeyStore(e);
    }
  }

  private SecretKeyHandle ofFile(SecretKey key) throws KeyStoreException, BackendException {
    if (key instanceof SecretKeyHandle handle && handle.isOf(instance)) {
      return handle;
    }
    throw new KeyStoreException(
        "this file keeps references to keys of Keyhold, not keys themselves; to import a key, load"
            + " the key store without a file");
  }

  @Override
  public void engineSetKeyEntry(String alias, byte[] key, Certificate[] chain)
      throws KeyStoreException {
    throw new KeyStoreException("Keyhold takes no encoded keys");
  }

  @Override
  public void engineSetCertificateEntry(String alias, Certificate certificate)
      throws KeyStoreException {
    throw new KeyStoreException("Keyhold keeps no trusted certificates");
  }

  /** Removes the alias and says so. The key is never destroyed. */
  @Override
  public synchronized void engineDeleteEntry(String alias) throws KeyStoreException {
    KeyStoreFile.Entry entry = file.remove(alias);
    if (ofFile) {
      if (entry != null) {
        said(alias, entry.uri().toString());
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
