package dev.keyhold;

import dev.keyhold.gate.FakeBackend;
import dev.keyhold.keystore.Purpose;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Security;
import java.security.spec.AlgorithmParameterSpec;

/** An installed provider with one fake backend, and short ways to key pairs. */
final class PairFixture implements AutoCloseable {
  private final KeyholdProvider provider;

  PairFixture(Path folder, boolean first, String... lines) {
    Path file = folder.resolve("keyhold.properties");
    try {
      Files.writeString(
          file, "backend.b.type = fake\nkey.* = b\n" + String.join("\n", lines) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    provider = new KeyholdProvider().configure(file.toString());
    if (first) {
      Security.insertProviderAt(provider, 1);
    } else {
      Security.addProvider(provider);
    }
  }

  KeyholdProvider provider() {
    return provider;
  }

  FakeBackend backend() {
    return FakeBackend.Factory.LAST.get("b");
  }

  KeyPair pair(String alias, String algorithm, AlgorithmParameterSpec spec, Purpose... purposes)
      throws Exception {
    KeyholdGenParameterSpec.Builder builder =
        new KeyholdGenParameterSpec.Builder(alias).purposes(purposes);
    if (spec != null) {
      builder.algorithmParameters(spec);
    }
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm, provider);
    generator.initialize(builder.build());
    return generator.generateKeyPair();
  }

  KeyStore live() throws Exception {
    KeyStore store = KeyStore.getInstance("Keyhold", provider);
    store.load(null, null);
    return store;
  }

  PrivateKey key(String alias) throws Exception {
    return (PrivateKey) live().getKey(alias, null);
  }

  @Override
  public void close() {
    Security.removeProvider("Keyhold");
    provider.close();
  }
}
