package dev.keyhold.conformance.clients;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.KeyholdProvider;
import dev.keyhold.conformance.KeyholdConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * An installed Keyhold with a key pair of each scheme at one place, each certified for this host by
 * a CA. Made once for all tests of a place.
 */
final class Site implements AutoCloseable {
  private final Path folder;
  private final CertificateAuthority authority = new CertificateAuthority();
  private KeyholdProvider provider;
  private KeyStore keyStore;
  private X509ExtendedKeyManager keys;

  private Site(Path folder) throws GeneralSecurityException, IOException {
    this.folder = folder;
  }

  static Site open(Place place, Path parent) throws GeneralSecurityException, IOException {
    Path folder = Files.createTempDirectory(parent, place.toString());
    return of(place, folder, place.open(folder));
  }

  /** With the keys of these schemes, or all. */
  static Site of(Place place, Path folder, KeyholdConfig config, Scheme... schemes)
      throws GeneralSecurityException, IOException {
    Site site = new Site(folder);
    site.install(config);
    try {
      for (Scheme scheme : schemes.length == 0 ? Scheme.values() : schemes) {
        site.make(place, scheme, config);
      }
      if (!place.keepsCertificates()) {
        site.close();
        site.install(config); // which now names the certificates
      }
      KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
      factory.init(site.keyStore, new char[0]);
      site.keys = (X509ExtendedKeyManager) factory.getKeyManagers()[0];
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      site.close();
      throw e;
    }
    return site;
  }

  private void install(KeyholdConfig config) throws GeneralSecurityException, IOException {
    provider = config.provider();
    Security.addProvider(provider);
    keyStore = KeyStore.getInstance("Keyhold");
    keyStore.load(null, null);
  }

  private void make(Place place, Scheme scheme, KeyholdConfig config)
      throws GeneralSecurityException, IOException {
    KeyholdGenParameterSpec.Builder wanted =
        new KeyholdGenParameterSpec.Builder(scheme.alias()).labels(place.labels(scheme));
    if (scheme.algorithm().equals("EC")) {
      wanted.algorithmParameters(new ECGenParameterSpec("secp" + scheme.bits() + "r1"));
    } else {
      wanted.keySize(scheme.bits());
    }
    KeyPairGenerator generator = KeyPairGenerator.getInstance(scheme.algorithm(), provider);
    generator.initialize(wanted.build());
    PublicKey made = generator.generateKeyPair().getPublic();
    X509Certificate[] chain = authority.issue(scheme.alias(), made);
    if (place.keepsCertificates()) {
      keyStore.setKeyEntry(scheme.alias(), keyStore.getKey(scheme.alias(), null), null, chain);
      keyStore.store(null, null);
    } else {
      String file = scheme.alias() + ".pem";
      CertificateAuthority.writePem(folder.resolve(file), chain);
      config.line("key." + scheme.alias() + " = b");
      config.line("key." + scheme.alias() + ".certificates = " + file);
    }
  }

  /** Takes the provider to another place in the list: 1 for the first, 0 for the last. */
  void moveTo(int position) {
    Security.removeProvider(provider.getName());
    if (position == 0) {
      Security.addProvider(provider);
    } else {
      Security.insertProviderAt(provider, position);
    }
  }

  Path folder() {
    return folder;
  }

  CertificateAuthority authority() {
    return authority;
  }

  PrivateKey key(Scheme scheme) throws GeneralSecurityException {
    return (PrivateKey) keyStore.getKey(scheme.alias(), null);
  }

  X509Certificate[] chain(Scheme scheme) throws GeneralSecurityException {
    return Arrays.stream(keyStore.getCertificateChain(scheme.alias()))
        .toArray(X509Certificate[]::new);
  }

  /** The JDK's key manager, held to one of the keys. */
  X509ExtendedKeyManager keyManager(Scheme scheme) {
    return new OneKey(keys, scheme.alias());
  }

  /** Trusts the CA. */
  TrustManagerFactory trust() throws GeneralSecurityException, IOException {
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(authority.trustStore());
    return trust;
  }

  /** A fresh context, without sessions to resume, that shows the key of a scheme, or none. */
  SSLContext context(String protocol, Scheme scheme) throws GeneralSecurityException, IOException {
    SSLContext context = SSLContext.getInstance(protocol);
    KeyManager[] shown = scheme == null ? null : new KeyManager[] {keyManager(scheme)};
    context.init(shown, trust().getTrustManagers(), new SecureRandom());
    return context;
  }

  @Override
  public void close() {
    Security.removeProvider(provider.getName());
    provider.close();
  }
}
