package dev.keyhold.jca.keystore;

import dev.keyhold.jca.key.JcaErrors;
import dev.keyhold.jca.key.PrivateKeyHandle;
import dev.keyhold.jca.key.Refusal;
import dev.keyhold.keystore.BackendException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;

/** Makes the JDK's key managers of one key of Keyhold. Stateless. */
public final class KeyManagers {
  private static final String ALIAS = "key";

  private KeyManagers() {}

  /** Does what {@link dev.keyhold.KeyholdKeyManagers#factory} does. */
  public static KeyManagerFactory factory(PrivateKey key, X509Certificate... chain)
      throws GeneralSecurityException {
    if (!(key instanceof PrivateKeyHandle handle)) {
      throw new InvalidKeyException("not a private key of Keyhold: " + key);
    }
    if (handle.abilities().signatures().isEmpty()) {
      throw Refusal.of(handle, "TLS, where a key signs");
    }
    if (chain.length == 0 || !CertificateChains.isOf(chain[0], handle)) {
      throw new InvalidKeyException(
          "%s: the first certificate of the chain is not of this key".formatted(handle));
    }
    try {
      KeyStore keys = HandlePkcs12.empty(handle.instance().provider());
      keys.setKeyEntry(ALIAS, handle, new char[0], chain);
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(keys, new char[0]);
      return factory;
    } catch (IOException e) {
      throw new GeneralSecurityException(e.getMessage(), e);
    } catch (BackendException e) {
      throw JcaErrors.atInit(e);
    }
  }
}
