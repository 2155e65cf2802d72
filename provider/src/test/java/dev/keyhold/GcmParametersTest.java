package dev.keyhold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The parameters of AES/GCM/NoPadding: how they read, and how wrong ones are refused. */
class GcmParametersTest {
  private static final byte[] AAD = "additional-data".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path folder;
  private KeyholdProvider provider;
  private SecretKey key;

  @BeforeEach
  void makeAKey() throws Exception {
    Path file = folder.resolve("keyhold.properties");
    Files.writeString(file, "backend.local.type = fake\nkey.* = local\n");
    provider = new KeyholdProvider().configure(file.toString());
    KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
    generator.init(new KeyholdGenParameterSpec.Builder("orders").build());
    key = generator.generateKey();
  }

  @AfterEach
  void close() {
    provider.close();
  }

  private Cipher cipher() throws Exception {
    return Cipher.getInstance("AES/GCM/NoPadding", provider);
  }

  private static AlgorithmParameters ofTheJdk(byte[] iv) throws Exception {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
    cipher.init(
        Cipher.ENCRYPT_MODE, new SecretKeySpec(new byte[32], "AES"), new GCMParameterSpec(128, iv));
    return cipher.getParameters();
  }

  @Test
  void theyReadAsThoseOfTheJdk() throws Exception {
    Cipher cipher = cipher();
    cipher.init(Cipher.ENCRYPT_MODE, key);
    cipher.updateAAD(AAD);
    AlgorithmParameters expected = ofTheJdk(cipher.getIV());
    assertEquals(expected.toString(), cipher.getParameters().toString());
    assertEquals(expected.getAlgorithm(), cipher.getParameters().getAlgorithm());
    assertArrayEquals(expected.getEncoded(), cipher.getParameters().getEncoded());
    assertFalse(cipher.getParameters().toString().contains("additional"));
  }

  @Test
  void thoseThatKeyholdIsAskedForByNameReadAsThoseOfTheJdk() throws Exception {
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("GCM", provider);
    assertNull(parameters.toString(), "before init, as the JDK says");
    byte[] iv = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    parameters.init(new GCMParameterSpec(128, iv));
    assertEquals(ofTheJdk(iv).toString(), parameters.toString());
  }

  @Test
  void wrongOnesAreRefusedInWords() throws Exception {
    assertRefused(new GCMParameterSpec(96, new byte[12]), "tags of 128 bits, not of 96");
    assertRefused(new GCMParameterSpec(128, new byte[0]), "the IV is empty");
    assertRefused(
        new IvParameterSpec(new byte[12]), "a GCMParameterSpec or a KeyholdParameterSpec");
    Cipher decryption = cipher();
    String message =
        assertThrows(InvalidKeyException.class, () -> decryption.init(Cipher.DECRYPT_MODE, key))
            .getMessage();
    assertTrue(message.contains("pass a GCMParameterSpec"), message);
    assertTrue(message.contains("KeyholdParameterSpec.NONE"), message);
  }

  private void assertRefused(AlgorithmParameterSpec parameters, String expected) throws Exception {
    for (int mode : new int[] {Cipher.ENCRYPT_MODE, Cipher.DECRYPT_MODE}) {
      Cipher cipher = cipher();
      String message =
          assertThrows(
                  InvalidAlgorithmParameterException.class,
                  () -> cipher.init(mode, key, parameters))
              .getMessage();
      assertTrue(message.contains(expected), message);
    }
  }
}
