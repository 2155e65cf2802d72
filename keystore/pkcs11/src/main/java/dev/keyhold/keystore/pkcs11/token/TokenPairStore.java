package dev.keyhold.keystore.pkcs11.token;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.kit.Interrupts;
import dev.keyhold.keystore.pkcs11.library.Pkcs11Errors;
import dev.keyhold.keystore.pkcs11.pairs.CertificateChain;
import dev.keyhold.keystore.pkcs11.pairs.PairRef;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.ProviderException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The private keys of one token, through SunPKCS11's KeyStore, which knows them by their
 * certificates: the label of a certificate is the key's, and both have one CKA_ID. Handles are
 * kept: a look-up costs many calls into the token. Thread-safe.
 */
final class TokenPairStore implements TokenCalls.Handles<PairRef, PrivateKey> {
  private final TokenKeyStore access;
  private final KeyStore keyStore;
  private final Map<PairRef, PrivateKey> handles = new ConcurrentHashMap<>();
  private final ReentrantLock lookUps = new ReentrantLock();

  TokenPairStore(TokenKeyStore access) {
    this.access = access;
    this.keyStore = access.keyStore();
  }

  boolean isVanished() {
    return access.isVanished();
  }

  @Override
  public PrivateKey find(PairRef pair) throws BackendException {
    PrivateKey known = handles.get(pair);
    if (known != null) {
      return known;
    }
    try {
      lookUps.lockInterruptibly(); // a thread that waited here finds the result of the first one
    } catch (InterruptedException e) {
      throw Interrupts.waitingFor("the token", e);
    }
    try {
      known = handles.get(pair);
      return known != null ? known : lookUp(pair);
    } finally {
      lookUps.unlock();
    }
  }

  @Override
  public PrivateKey renew(PairRef pair, PrivateKey dead) throws BackendException {
    handles.remove(pair, dead);
    return find(pair);
  }

  /** Returns a handle that was not used before. */
  PrivateKey lookUp(PairRef pair) throws BackendException {
    access.load();
    chain(pair); // or it is another key by now
    try {
      if (keyStore.getKey(pair.label(), null) instanceof PrivateKey key) {
        handles.put(pair, key);
        return key;
      }
      throw notFound(pair);
    } catch (GeneralSecurityException | ProviderException e) {
      throw Pkcs11Errors.isSharedId(e)
          ? twins(pair.label(), e)
          : TokenKeyStore.translate("looking up a private key", e);
    }
  }

  void forget(PairRef pair) {
    handles.remove(pair);
  }

  /** Returns the certificates, its own first, as far as each is signed by the next. */
  List<X509Certificate> certificates(PairRef pair) throws BackendException {
    access.load();
    return CertificateChain.verified(chain(pair));
  }

  /** Returns the certificates as SunPKCS11 read them last. */
  Certificate[] chain(PairRef pair) throws BackendException {
    try {
      Certificate[] chain = keyStore.getCertificateChain(pair.label());
      if (chain == null || !chain[0].getPublicKey().equals(pair.publicKey())) {
        throw notFound(pair);
      }
      return chain;
    } catch (GeneralSecurityException | ProviderException e) {
      throw TokenKeyStore.translate("reading a certificate", e);
    }
  }

  private static BackendException twins(String label, Exception e) {
    return new BackendException(
        Reason.MISCONFIGURED,
        "the token has two private keys of one CKA_ID, that of '"
            + label
            + "', perhaps since the first one had lost its certificate, so that SunPKCS11 finds"
            + " neither: find out which of the two is in use, then remove the other (pkcs11-tool"
            + " --module LIBRARY --token-label TOKEN --login --list-objects; then --delete-object"
            + " --type privkey --id "
            + HexFormat.of().formatHex(label.getBytes(StandardCharsets.UTF_8))
            + ", unless the key was made by others)",
        e);
  }

  private static BackendException notFound(PairRef pair) {
    return new BackendException(
        Reason.NOT_FOUND, "the token has no such key pair labelled '" + pair.label() + "'");
  }
}
