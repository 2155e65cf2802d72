package dev.keyhold.observe;

import dev.keyhold.KeyholdProvider;
import dev.keyhold.gate.FakeBackend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Cipher;

/** An application of its own provider, with a backend {@code b} that fails when told to. */
final class ObservedProvider implements AutoCloseable {
  final FakeBackend backend;
  final KeyholdProvider provider;
  final Key key;

  ObservedProvider(Path folder, String... lines)
      throws IOException, GeneralSecurityException, BackendException {
    Path file = folder.resolve("keyhold.properties");
    Files.writeString(
        file, "backend.b.type = fake\nkey.orders = b\n" + String.join("\n", lines) + "\n");
    provider = new KeyholdProvider().configure(file.toString());
    KeyStore keyStore = KeyStore.getInstance("Keyhold", provider);
    keyStore.load(null, null);
    backend = FakeBackend.Factory.LAST.get("b");
    backend.create(new KeyRequest("orders", KeySpec.AES_256, Set.of(Purpose.ENCRYPT)));
    key = keyStore.getKey("orders", null);
  }

  byte[] encrypt() throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    cipher.init(Cipher.ENCRYPT_MODE, key);
    return cipher.doFinal(new byte[3]);
  }

  /** The next calls fail, so many of them. */
  void failNext(int calls) {
    AtomicInteger faults = new AtomicInteger(calls);
    backend.fault =
        () -> {
          if (faults.getAndDecrement() > 0) {
            throw new BackendException(Reason.UNAVAILABLE, "busy");
          }
        };
  }

  @Override
  public void close() {
    provider.close();
  }
}
