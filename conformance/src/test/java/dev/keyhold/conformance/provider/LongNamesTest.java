package dev.keyhold.conformance.provider;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.KeyholdProvider;
import dev.keyhold.conformance.AwsEmulator;
import dev.keyhold.conformance.BackendFixture;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.KeyholdConfig;
import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.Naming;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Names as long as a backend takes them work everywhere; longer ones are refused beforehand. */
class LongNamesTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir Path folder;

  /** A backend, the most bytes that a name has there, and what its refusal says. */
  enum Limit {
    SOFTWARE(512, "at most 512 bytes"),
    PKCS11(200, "1 to 200 printable ASCII"),
    AWS_KMS(250, "1 to 250"),
    GOOGLE_KMS(63, "1 to 63");

    final int most;
    final String refusal;

    Limit(int most, String refusal) {
      this.most = most;
      this.refusal = refusal;
    }

    KeyholdConfig config(Path folder) {
      return this == AWS_KMS
          ? KeyholdConfig.ofAws(folder, AwsEmulator.MOTO.empty())
          : KeyholdConfig.of(BackendKind.valueOf(name()), folder);
    }

    Backend backend(Path folder) {
      return this == AWS_KMS
          ? BackendFixture.create("aws-kms", folder, AwsEmulator.MOTO.empty())
          : BackendFixture.create(BackendKind.valueOf(name()), folder);
    }
  }

  static Stream<Arguments> namesThatFit() {
    return Stream.of(
        Arguments.of(Limit.SOFTWARE, "n".repeat(255)),
        Arguments.of(Limit.SOFTWARE, "\u00fc".repeat(127) + "n"), // 255 bytes too
        Arguments.of(Limit.SOFTWARE, "n".repeat(512)),
        Arguments.of(Limit.PKCS11, "n".repeat(200)),
        Arguments.of(Limit.AWS_KMS, "n".repeat(250)),
        Arguments.of(Limit.GOOGLE_KMS, "n".repeat(63)));
  }

  @ParameterizedTest
  @MethodSource("namesThatFit")
  void oneThatFitsWorksEverywhere(Limit limit, String alias) throws Exception {
    try (KeyholdProvider provider = limit.config(folder).provider()) {
      KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
      generator.init(new KeyholdGenParameterSpec.Builder(alias).build());
      SecretKey key = generator.generateKey();
      KeyStore live = KeyStore.getInstance("Keyhold", provider);
      live.load(null, null);
      assertEquals(List.of(alias), Collections.list(live.aliases()));
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      live.store(bytes, PASSWORD);
      KeyStore file = KeyStore.getInstance("Keyhold", provider);
      file.load(new ByteArrayInputStream(bytes.toByteArray()), PASSWORD);

      GCMParameterSpec iv = new GCMParameterSpec(128, new byte[12]);
      byte[] plain = alias.getBytes(StandardCharsets.UTF_8);
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
      cipher.init(Cipher.ENCRYPT_MODE, key, iv);
      byte[] object = cipher.doFinal(plain);
      for (KeyStore keys : List.of(live, file)) {
        cipher.init(Cipher.DECRYPT_MODE, keys.getKey(alias, null), iv);
        assertArrayEquals(plain, cipher.doFinal(object));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void oneThatIsTooLongIsRefusedBeforeAnythingIsMade(Limit limit) throws Exception {
    try (Backend backend = limit.backend(folder)) {
      KeyMetadata kept = backend.require(KeyMaking.class).create(request("kept"));
      for (int length : new int[] {limit.most + 1, limit.most + 5, 5 * limit.most}) {
        String name = "n".repeat(length);
        assertRefused(limit, () -> backend.require(KeyMaking.class).create(request(name)));
        if (limit != Limit.GOOGLE_KMS) { // where no key is renamed
          assertRefused(limit, () -> backend.require(Naming.class).rename("kept", name));
        }
        List<KeyMetadata> all = backend.list();
        assertEquals(List.of("kept"), all.stream().map(KeyMetadata::name).toList());
        assertEquals(kept.uri(), all.get(0).uri());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void theApplicationIsToldAndNothingIsMade(Limit limit) throws Exception {
    try (KeyholdProvider provider = limit.config(folder).provider()) {
      KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
      generator.init(new KeyholdGenParameterSpec.Builder("n".repeat(limit.most + 1)).build());
      Exception e = assertThrows(Exception.class, generator::generateKey);
      assertTrue(e.getMessage().contains(limit.refusal), e.getMessage());
      KeyStore live = KeyStore.getInstance("Keyhold", provider);
      live.load(null, null);
      assertEquals(0, live.size());
    }
  }

  private static KeyRequest request(String name) {
    return new KeyRequest(name, KeySpec.AES_256, Set.of(Purpose.ENCRYPT));
  }

  private static void assertRefused(Limit limit, Executable change) {
    BackendException e = assertThrows(BackendException.class, change);
    assertSame(Reason.UNSUPPORTED, e.reason(), e.getMessage());
    assertTrue(e.getMessage().contains(limit.refusal), e.getMessage());
  }
}
