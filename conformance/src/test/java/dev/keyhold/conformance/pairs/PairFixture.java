package dev.keyhold.conformance.pairs;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.KeyholdProvider;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.KeyholdConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Security;

/** An installed provider with an empty backend; uninstalled at the end. */
final class PairFixture implements AutoCloseable {
  private final KeyholdProvider provider;

  private PairFixture(KeyholdProvider provider) {
    this.provider = provider;
  }

  /**
   * Installs Keyhold.
   *
   * @param position 1 for the first, 0 for the last
   */
  static PairFixture installed(BackendKind kind, Path folder, int position) throws IOException {
    Path configuration = KeyholdConfig.of(kind, folder).write();
    KeyholdProvider provider = new KeyholdProvider().configure(configuration.toString());
    if (position == 0) {
      Security.addProvider(provider);
    } else {
      Security.insertProviderAt(provider, position);
    }
    return new PairFixture(provider);
  }

  KeyholdProvider provider() {
    return provider;
  }

  /** Makes a key pair at the backend: RSA of 2048 bits, EC on P-256, or another's usual size. */
  KeyPair make(String algorithm, String alias) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm, provider);
    KeyholdGenParameterSpec.Builder wanted = new KeyholdGenParameterSpec.Builder(alias);
    if (algorithm.equals("RSA")) {
      wanted.keySize(2048);
    }
    generator.initialize(wanted.build());
    return generator.generateKeyPair();
  }

  KeyStore keyStore() throws GeneralSecurityException, IOException {
    KeyStore keyStore = KeyStore.getInstance("Keyhold", provider);
    keyStore.load(null, null);
    return keyStore;
  }

  @Override
  public void close() {
    Security.removeProvider(provider.getName());
    provider.close();
  }
}
