package dev.keyhold.conformance.example;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.KeyholdProvider;
import dev.keyhold.conformance.KeyholdConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of a backend, in a configuration: a provider finds and uses it. */
class FolderBackendTest {
  private static final byte[] MESSAGE = "of a folder".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;

  private KeyholdProvider provider() {
    return KeyholdConfig.in(folder)
        .line("backend.f.type = folder")
        .line("backend.f.folder = keys")
        .line("key.* = f")
        .provider();
  }

  @Test
  void anObjectIsSealedAndOpened() throws Exception {
    Files.createDirectory(folder.resolve("keys"));
    try (KeyholdProvider provider = provider()) {
      KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
      generator.init(new KeyholdGenParameterSpec.Builder("orders").build());
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
      cipher.init(Cipher.ENCRYPT_MODE, generator.generateKey());
      byte[] object = cipher.doFinal(MESSAGE);
      assertTrue(Files.exists(folder.resolve("keys").resolve("orders")));
      KeyStore keys = KeyStore.getInstance("Keyhold", provider);
      keys.load(null, null);
      Key found = keys.getKey("orders", null);
      Cipher opening = Cipher.getInstance("AES/GCM/NoPadding", provider);
      opening.init(Cipher.DECRYPT_MODE, found, cipher.getParameters());
      assertArrayEquals(MESSAGE, opening.doFinal(object));
    }
  }

  @Test
  void whatItHasNotIsRefused() throws Exception {
    Files.createDirectory(folder.resolve("keys"));
    try (KeyholdProvider provider = provider()) {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
      generator.initialize(new KeyholdGenParameterSpec.Builder("web").build());
      Exception refused = assertThrows(Exception.class, () -> generator.generateKeyPair());
      assertTrue(refused.getMessage().contains("backend f"), refused.getMessage());
    }
  }
}
