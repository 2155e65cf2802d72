package dev.keyhold.conformance.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.keyhold.KeyholdInputStream;
import dev.keyhold.KeyholdProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Objects of every released version open for ever. */
class GoldenObjectsTest {
  /** One for each folder: each must derive a key from a password, which takes its time. */
  private static final Map<GoldenFolder, KeyholdProvider> PROVIDERS = new HashMap<>();

  @AfterAll
  static void close() {
    PROVIDERS.values().forEach(KeyholdProvider::close);
    PROVIDERS.clear();
  }

  static Stream<GoldenFolder.Entry> objects() {
    return GoldenFolder.all().stream().flatMap(folder -> folder.entries().stream());
  }

  @Test
  void thereAreFoldersForTheCurrentVersion() {
    assertEquals(
        List.of("v1", "v1-keys", "v1-shapes"),
        GoldenFolder.all().stream().map(f -> f.path().getFileName().toString()).toList());
  }

  @ParameterizedTest
  @MethodSource("objects")
  void opensByTheJdksOwnApi(GoldenFolder.Entry object) throws Exception {
    KeyholdProvider provider = provider(object);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    if (object.ivLength() > 0 && object.tenant().isEmpty()) {
      byte[] iv = object.parameters().iv();
      cipher.init(Cipher.DECRYPT_MODE, key(provider, object), new GCMParameterSpec(128, iv));
      cipher.updateAAD(object.parameters().aad());
    } else {
      cipher.init(Cipher.DECRYPT_MODE, key(provider, object), object.parameters());
    }
    assertArrayEquals(object.plain(), cipher.doFinal(Files.readAllBytes(object.file())));
  }

  @ParameterizedTest
  @MethodSource("objects")
  void opensByTheVerifyingStream(GoldenFolder.Entry object) throws Exception {
    try (InputStream in =
        new KeyholdInputStream(
            Files.newInputStream(object.file()),
            key(provider(object), object),
            object.parameters())) {
      assertArrayEquals(object.plain(), in.readAllBytes());
    }
  }

  private static KeyholdProvider provider(GoldenFolder.Entry object) {
    return PROVIDERS.computeIfAbsent(object.folder(), GoldenFolder::provider);
  }

  private static Key key(KeyholdProvider provider, GoldenFolder.Entry object)
      throws GeneralSecurityException, IOException {
    KeyStore keyStore = KeyStore.getInstance("Keyhold", provider);
    keyStore.load(null, null);
    return keyStore.getKey(object.alias(), null);
  }
}
