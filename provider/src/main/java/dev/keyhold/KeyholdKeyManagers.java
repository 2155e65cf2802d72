package dev.keyhold;

import dev.keyhold.jca.keystore.KeyManagers;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * Creates key managers with one private key of Keyhold, for programs that accept no {@code
 * KeyStore}. Netty and gRPC put a key that is given to {@code SslContextBuilder.forServer(key,
 * chain)} into a key store of the JDK's default type, which throws a NullPointerException for a key
 * that never leaves its backend. They take a factory instead:
 *
 * <pre>{@code
 * SslContextBuilder.forServer(KeyholdKeyManagers.factory(key, chain))
 * }</pre>
 *
 * <p>Where the program can't be changed, set the security property {@code
 * keystore.type=KeyholdPKCS12}: the default type then takes keys of Keyhold too.
 */
public final class KeyholdKeyManagers {
  private KeyholdKeyManagers() {}

  /**
   * Returns an initialised factory of the JDK's default algorithm.
   *
   * @param key a private key of Keyhold that signs
   * @param chain its certificates, its own first
   * @throws InvalidKeyException if the key is none of Keyhold's, can't sign, or is not that of the
   *     first certificate
   * @throws GeneralSecurityException if the JDK can't make the factory
   */
  public static KeyManagerFactory factory(PrivateKey key, X509Certificate... chain)
      throws GeneralSecurityException {
    return KeyManagers.factory(key, chain);
  }

  /**
   * Returns the key manager of such a factory, for {@code SSLContext.init}, gRPC's {@code
   * TlsServerCredentials} and Vert.x's {@code KeyCertOptions.wrap}.
   *
   * @param key a private key of Keyhold that signs
   * @param chain its certificates, its own first
   * @throws InvalidKeyException as {@link #factory}
   * @throws GeneralSecurityException as {@link #factory}
   */
  public static X509ExtendedKeyManager keyManager(PrivateKey key, X509Certificate... chain)
      throws GeneralSecurityException {
    for (KeyManager manager : factory(key, chain).getKeyManagers()) {
      if (manager instanceof X509ExtendedKeyManager x509) {
        return x509;
      }
    }
    throw new KeyStoreException("the JDK's default KeyManagerFactory makes no X.509 key manager");
  }
}
