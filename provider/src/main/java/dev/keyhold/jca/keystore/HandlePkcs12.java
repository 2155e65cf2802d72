package dev.keyhold.jca.keystore;

import dev.keyhold.instance.KeyholdProviders;
import dev.keyhold.jca.key.KeyHandle;
import dev.keyhold.jca.key.PrivateKeyHandle;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.KeyStoreSpi;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.security.UnrecoverableEntryException;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.time.Instant;
import java.util.Collections;
import java.util.Date;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * {@code KeyStore.getInstance("KeyholdPKCS12")}: the next provider's PKCS12, which also takes keys
 * of Keyhold, in memory only. For programs that put a private key into a key store of the default
 * type to make a {@code KeyManagerFactory} of it, as Netty does: the JDK's own PKCS12 throws a
 * NullPointerException for a key that has no format.
 */
public final class HandlePkcs12 extends KeyStoreSpi {
  public static final String TYPE = "KeyholdPKCS12";
  private static final String NEXT = "PKCS12";

  /** A key of Keyhold, and its certificates. */
  private record Entry(Key key, List<Certificate> chain, Instant made) {
    Certificate[] certificates() {
      return chain.toArray(Certificate[]::new);
    }
  }

  private final KeyStore next;
  private final Map<String, Entry> handles = new LinkedHashMap<>();

  public HandlePkcs12() throws NoSuchAlgorithmException {
    next = next();
  }

  private static KeyStore next() throws NoSuchAlgorithmException {
    for (Provider provider : Security.getProviders("KeyStore." + NEXT)) {
      if (!KeyholdProviders.isOne(provider)) {
        try {
          return KeyStore.getInstance(NEXT, provider);
        } catch (KeyStoreException e) {
          // the next one may work
        }
      }
    }
    throw new NoSuchAlgorithmException("no other provider has " + NEXT);
  }

  /** Returns a name as PKCS12 has it: upper and lower case are the same. */
  private static String name(String alias) {
    return alias.toLowerCase(Locale.ENGLISH);
  }

  private synchronized Entry handle(String alias) {
    return handles.get(name(alias));
  }

  /** Asks the next provider's key store. */
  @FunctionalInterface
  private interface Question<T> {
    T of(KeyStore keyStore) throws KeyStoreException;
  }

  private <T> T ask(Question<T> question) {
    try {
      return question.of(next);
    } catch (KeyStoreException e) {
      throw new ProviderException("the key store was not loaded", e);
    }
  }

  // ---- load and store

  @Override
  public synchronized void engineLoad(InputStream stream, char[] password)
      throws IOException, NoSuchAlgorithmException, CertificateException {
    next.load(stream, password);
    handles.clear();
  }

  @Override
  public synchronized void engineStore(OutputStream stream, char[] password)
      throws IOException, NoSuchAlgorithmException, CertificateException {
    if (!handles.isEmpty()) {
      throw new IOException(
          "a PKCS12 file can't hold %s: keep the aliases of such keys in a file of type Keyhold"
              .formatted(handles.values().iterator().next().key()));
    }
    try {
      next.store(stream, password);
    } catch (KeyStoreException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  // ---- what is there

  @Override
  public synchronized Enumeration<String> engineAliases() {
    Set<String> aliases = new LinkedHashSet<>(Collections.list(ask(KeyStore::aliases)));
    aliases.addAll(handles.keySet());
    return Collections.enumeration(aliases);
  }

  @Override
  public int engineSize() {
    return Collections.list(engineAliases()).size();
  }

  @Override
  public boolean engineContainsAlias(String alias) {
    return handle(alias) != null || ask(store -> store.containsAlias(alias));
  }

  @Override
  public boolean engineIsKeyEntry(String alias) {
    return handle(alias) != null || ask(store -> store.isKeyEntry(alias));
  }

  @Override
  public boolean engineIsCertificateEntry(String alias) {
    return handle(alias) == null && ask(store -> store.isCertificateEntry(alias));
  }

  @Override
  public boolean engineEntryInstanceOf(String alias, Class<? extends KeyStore.Entry> type) {
    return handle(alias) == null
        ? ask(store -> store.entryInstanceOf(alias, type))
        : type == KeyStore.PrivateKeyEntry.class;
  }

  @Override
  @SuppressWarnings("JavaUtilDate") // what the JCA asks for
  public Date engineGetCreationDate(String alias) {
    Entry entry = handle(alias);
    return entry == null ? ask(store -> store.getCreationDate(alias)) : Date.from(entry.made());
  }

  // ---- entries

  @Override
  public Key engineGetKey(String alias, char[] password)
      throws NoSuchAlgorithmException, UnrecoverableKeyException {
    Entry entry = handle(alias);
    if (entry != null) {
      return entry.key();
    }
    try {
      return next.getKey(alias, password);
    } catch (KeyStoreException e) {
      throw new ProviderException("the key store was not loaded", e);
    }
  }

  @Override
  public KeyStore.Entry engineGetEntry(String alias, KeyStore.ProtectionParameter protection)
      throws KeyStoreException, NoSuchAlgorithmException, UnrecoverableEntryException {
    Entry entry = handle(alias);
    return entry != null && entry.key() instanceof PrivateKeyHandle key
        ? new KeyStore.PrivateKeyEntry(key, entry.certificates())
        : next.getEntry(alias, protection);
  }

  @Override
  public Certificate[] engineGetCertificateChain(String alias) {
    Entry entry = handle(alias);
    return entry == null ? ask(store -> store.getCertificateChain(alias)) : entry.certificates();
  }

  @Override
  public Certificate engineGetCertificate(String alias) {
    Entry entry = handle(alias);
    return entry == null ? ask(store -> store.getCertificate(alias)) : entry.chain().get(0);
  }

  @Override
  public synchronized String engineGetCertificateAlias(Certificate certificate) {
    for (Map.Entry<String, Entry> handle : handles.entrySet()) {
      if (handle.getValue().chain().get(0).equals(certificate)) {
        return handle.getKey();
      }
    }
    return ask(store -> store.getCertificateAlias(certificate));
  }

  @Override
  public synchronized void engineSetKeyEntry(
      String alias, Key key, char[] password, Certificate[] chain) throws KeyStoreException {
    if (key instanceof PrivateKeyHandle handle) {
      if (chain == null || chain.length == 0) {
        throw new KeyStoreException(handle + " needs a certificate");
      }
      if (next.containsAlias(alias)) {
        next.deleteEntry(alias);
      }
      handles.put(name(alias), new Entry(handle, List.of(chain), Instant.now()));
    } else if (key instanceof KeyHandle handle) {
      throw new KeyStoreException(handle + " is no private key: this keeps those only");
    } else {
      next.setKeyEntry(alias, key, password, chain);
      handles.remove(name(alias));
    }
  }

  @Override
  public void engineSetEntry(
      String alias, KeyStore.Entry entry, KeyStore.ProtectionParameter protection)
      throws KeyStoreException {
    if (entry instanceof KeyStore.PrivateKeyEntry pair
        && pair.getPrivateKey() instanceof PrivateKeyHandle key) {
      engineSetKeyEntry(alias, key, null, pair.getCertificateChain());
    } else {
      replace(alias, store -> store.setEntry(alias, entry, protection));
    }
  }

  @Override
  public void engineSetKeyEntry(String alias, byte[] key, Certificate[] chain)
      throws KeyStoreException {
    replace(alias, store -> store.setKeyEntry(alias, key, chain));
  }

  @Override
  public void engineSetCertificateEntry(String alias, Certificate certificate)
      throws KeyStoreException {
    replace(alias, store -> store.setCertificateEntry(alias, certificate));
  }

  /** Changes the next provider's key store. */
  @FunctionalInterface
  private interface Change {
    void of(KeyStore keyStore) throws KeyStoreException;
  }

  private synchronized void replace(String alias, Change change) throws KeyStoreException {
    change.of(next);
    handles.remove(name(alias));
  }

  @Override
  public synchronized void engineDeleteEntry(String alias) throws KeyStoreException {
    if (handles.remove(name(alias)) == null) {
      next.deleteEntry(alias);
    }
  }

  /**
   * Returns an empty key store of this type, whether or not a provider is installed.
   *
   * @throws GeneralSecurityException if no other provider has PKCS12
   */
  static KeyStore empty(Provider provider) throws GeneralSecurityException, IOException {
    KeyStore keyStore = new KeyStore(new HandlePkcs12(), provider, TYPE) {};
    keyStore.load(null, null);
    return keyStore;
  }
}
