package dev.keyhold.conformance.cipher;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.KeyholdFixture;
import dev.keyhold.conformance.Pattern;
import java.nio.file.Path;
import java.security.InvalidAlgorithmParameterException;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The same calls end alike on SunJCE with a key in memory and on Keyhold with a handle. */
@ParameterizedClass
@EnumSource(BackendKind.class)
class LikeSunJceTest {
  @TempDir static Path folder;
  private static KeyholdFixture keyhold;
  private static SecretKey handle;

  @Parameter BackendKind backend;

  @BeforeParameterizedClassInvocation
  static void makeAKey(BackendKind kind) {
    close();
    keyhold = KeyholdFixture.of(kind, folder);
    handle = keyhold.newKey("AES", "orders");
  }

  @AfterAll
  static void close() {
    if (keyhold != null) {
      keyhold.close();
    }
  }

  static List<Scenario> scenarios() {
    return Scenarios.all();
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void endsAlike(Scenario scenario) throws Exception {
    Cipher sunJce = Cipher.getInstance(KeyholdFixture.TRANSFORMATION, "SunJCE");
    String expected = scenario.outcome(sunJce, rawKey());
    assertEquals(expected, scenario.outcome(keyhold.cipher(), handle), "with a handle");
    assertEquals(expected, scenario.outcome(keyhold.cipher(), rawKey()), "with a foreign key");
  }

  @Test
  void tagsShorterThan128BitsAreRefused() {
    Cipher cipher = keyhold.cipher();
    GCMParameterSpec shortTag = new GCMParameterSpec(96, new byte[12]);
    assertThrows(
        InvalidAlgorithmParameterException.class,
        () -> cipher.init(Cipher.ENCRYPT_MODE, handle, shortTag));
  }

  @Test
  void oneObjectServesHandlesAndForeignKeysInTurn() throws Exception {
    Cipher cipher = keyhold.cipher();
    byte[] plain = Pattern.bytes(100);
    for (int i = 0; i < 3; i++) {
      cipher.init(Cipher.ENCRYPT_MODE, i % 2 == 0 ? handle : rawKey(), Scenario.iv(i));
      byte[] sealed = cipher.doFinal(plain);
      cipher.init(Cipher.DECRYPT_MODE, i % 2 == 0 ? handle : rawKey(), Scenario.iv(i));
      assertArrayEquals(plain, cipher.doFinal(sealed));
    }
  }

  private static SecretKey rawKey() {
    return new SecretKeySpec(Pattern.bytes(32), "AES");
  }
}
