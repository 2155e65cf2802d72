package dev.keyhold.conformance.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.KeyholdFixture;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Security;
import java.security.Signature;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Signatures with SHA-3: made by the backend, or refused in words. */
@ParameterizedClass
@EnumSource(BackendKind.class)
class Sha3SignaturesTest {
  private static final byte[] DATA = new byte[100];

  @TempDir Path folder;
  @Parameter BackendKind backend;
  private KeyholdFixture keyhold;

  @AfterEach
  void close() {
    Security.removeProvider("Keyhold");
    if (keyhold != null) {
      keyhold.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "RSA, SHA3-224withRSA",
    "RSA, SHA3-256withRSA",
    "RSA, SHA3-384withRSA",
    "RSA, SHA3-512withRSA",
    "EC, SHA3-224withECDSA",
    "EC, SHA3-256withECDSA",
    "EC, SHA3-384withECDSA",
    "EC, SHA3-512withECDSA",
    "EC, SHA3-256withECDSAinP1363Format",
  })
  void areMadeOrRefused(String algorithm, String name) throws Exception {
    keyhold = KeyholdFixture.of(backend, folder);
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm, keyhold.provider());
    generator.initialize(new KeyholdGenParameterSpec.Builder("signs").build());
    KeyPair pair = generator.generateKeyPair();
    Security.addProvider(keyhold.provider());
    Signature signer = Signature.getInstance(name);
    if (!signs()) {
      InvalidKeyException refusal =
          assertThrows(InvalidKeyException.class, () -> signer.initSign(pair.getPrivate()));
      if (!name.endsWith("Format")) { // there SunEC looks at the key first, and speaks for itself
        String message = refusal.getMessage();
        assertTrue(message.contains("Keyhold key signs"), message);
        assertTrue(message.contains("can't sign " + name + "; its backend has it sign"), message);
      }
      return;
    }
    signer.initSign(pair.getPrivate());
    signer.update(DATA);
    byte[] signature = signer.sign();
    assertEquals(keyhold.provider(), signer.getProvider());
    Signature verifier =
        Signature.getInstance(name, algorithm.equals("RSA") ? "SunRsaSign" : "SunEC");
    verifier.initVerify(pair.getPublic());
    verifier.update(DATA);
    assertTrue(verifier.verify(signature));
  }

  /** Google Cloud KMS holds a key to one digest of SHA-2. */
  private boolean signs() {
    return backend != BackendKind.GOOGLE_KMS;
  }
}
