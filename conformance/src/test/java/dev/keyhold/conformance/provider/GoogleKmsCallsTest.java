package dev.keyhold.conformance.provider;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.keyhold.KeyholdParameterSpec;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.GoogleFake;
import dev.keyhold.conformance.KeyholdFixture;
import java.nio.file.Path;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the provider asks of Google Cloud KMS for one object, counted at the service. */
class GoogleKmsCallsTest {
  @TempDir Path folder;

  @Test
  void anObjectCostsOneEncryptAndOneDecrypt() throws Exception {
    try (KeyholdFixture keyhold = KeyholdFixture.of(BackendKind.GOOGLE_KMS, folder)) {
      SecretKey key = keyhold.newKey("AES", "orders");
      byte[] plain = new byte[100_000];
      keyhold.open(key, keyhold.seal(key, plain), KeyholdParameterSpec.NONE);
      int all = GoogleFake.kms().calls();
      int encrypts = GoogleFake.kms().calls("Encrypt");
      int decrypts = GoogleFake.kms().calls("Decrypt");
      for (int i = 0; i < 10; i++) {
        byte[] object = keyhold.seal(key, plain);
        assertArrayEquals(plain, keyhold.open(key, object, KeyholdParameterSpec.NONE));
      }
      assertEquals(10, GoogleFake.kms().calls("Encrypt") - encrypts);
      assertEquals(10, GoogleFake.kms().calls("Decrypt") - decrypts);
      assertEquals(20, GoogleFake.kms().calls() - all);
    }
  }
}
