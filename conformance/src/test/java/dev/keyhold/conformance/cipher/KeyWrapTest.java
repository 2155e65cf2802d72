package dev.keyhold.conformance.cipher;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.KeyholdOutputStream;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.KeyholdFixture;
import dev.keyhold.conformance.Pattern;
import dev.keyhold.keystore.Purpose;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyManagementException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Security;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** AES key wrap by the JDK's API, with keys that stay in the software backend. */
@ResourceLock("java.security.Security")
class KeyWrapTest {
  private static final SecretKey RAW = new SecretKeySpec(Pattern.bytes(32), "AES");

  @TempDir static Path folder;
  private static KeyholdFixture keyhold;

  /** Made at the backend. */
  private static SecretKey vault;

  /** The same key as {@link #RAW}. */
  private static SecretKey imported;

  @BeforeAll
  static void open() throws Exception {
    keyhold = KeyholdFixture.of(BackendKind.SOFTWARE, folder);
    vault = newKey(keyhold, "vault", 256);
    KeyStore keys = KeyStore.getInstance("Keyhold", keyhold.provider());
    keys.load(null, null);
    keys.setKeyEntry("imported", new SecretKeySpec(RAW.getEncoded(), "AESWrap"), null, null);
    imported = keyhold.key("imported");
    Security.addProvider(keyhold.provider());
  }

  @AfterAll
  static void close() {
    Security.removeProvider("Keyhold");
    keyhold.close();
  }

  private static SecretKey newKey(KeyholdFixture at, String alias, int bits) throws Exception {
    KeyGenerator generator = KeyGenerator.getInstance("AES", at.provider());
    generator.init(
        new KeyholdGenParameterSpec.Builder(alias)
            .keySize(bits)
            .purposes(Purpose.KEY_WRAP)
            .build());
    return generator.generateKey();
  }

  /** By delayed selection: the application names no provider. */
  private static Cipher cipher(String transformation, int mode, Key key) throws Exception {
    Cipher cipher = Cipher.getInstance(transformation);
    cipher.init(mode, key);
    assertEquals("Keyhold", cipher.getProvider().getName());
    return cipher;
  }

  @ParameterizedTest
  @ValueSource(strings = {"AES/KWP/NoPadding", "AESWrapPad", "AES/KW/PKCS5Padding"})
  void keysOfAnyKindAreWrappedAndUnwrapped(String name) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "SunEC");
    KeyPair pair = generator.generateKeyPair();
    SecretKey secret = new SecretKeySpec(Pattern.bytes(21), "HmacSHA256");
    Cipher wrapping = cipher(name, Cipher.WRAP_MODE, vault);
    Cipher unwrapping = cipher(name, Cipher.UNWRAP_MODE, vault);
    byte[] wrapped = wrapping.wrap(pair.getPrivate());
    assertEquals(pair.getPrivate(), unwrapping.unwrap(wrapped, "EC", Cipher.PRIVATE_KEY));
    wrapped = wrapping.wrap(pair.getPublic());
    assertEquals(pair.getPublic(), unwrapping.unwrap(wrapped, "EC", Cipher.PUBLIC_KEY));
    wrapped = wrapping.wrap(secret);
    assertEquals(secret, unwrapping.unwrap(wrapped, "HmacSHA256", Cipher.SECRET_KEY));
    wrapped[3] ^= 1;
    byte[] changed = wrapped;
    assertThrows(
        InvalidKeyException.class,
        () -> unwrapping.unwrap(changed, "HmacSHA256", Cipher.SECRET_KEY));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AES/KW/NoPadding",
        "AESWrap",
        "AES_256/KW/NoPadding",
        "AESWrap_256",
        "2.16.840.1.101.3.4.1.45",
        "AES/KWP/NoPadding",
        "AESWrapPad",
        "AESWrapPad_256",
        "2.16.840.1.101.3.4.1.48"
      })
  void theResultIsThatOfTheJdk(String name) throws Exception {
    byte[] plain = Pattern.bytes(40);
    Cipher jdk = Cipher.getInstance(name, "SunJCE");
    jdk.init(Cipher.ENCRYPT_MODE, RAW);
    byte[] expected = jdk.doFinal(plain);
    Cipher wrapping = cipher(name, Cipher.ENCRYPT_MODE, imported);
    assertArrayEquals(jdk.getIV(), wrapping.getIV());
    assertArrayEquals(
        jdk.getIV(), wrapping.getParameters().getParameterSpec(IvParameterSpec.class).getIV());
    for (int round = 0; round < 2; round++) {
      assertNull(wrapping.update(plain, 0, 7));
      assertEquals(expected.length, wrapping.getOutputSize(33));
      assertThrows(
          ShortBufferException.class, () -> wrapping.doFinal(plain, 7, 33, new byte[47], 0));
      assertArrayEquals(expected, wrapping.doFinal(plain, 7, 33), "after a short buffer");
    }
    Cipher unwrapping = cipher(name, Cipher.DECRYPT_MODE, imported);
    assertArrayEquals(plain, unwrapping.doFinal(expected));
    expected[0] ^= 1;
    assertThrows(IllegalBlockSizeException.class, () -> unwrapping.doFinal(expected));
    expected[0] ^= 1;
    assertArrayEquals(plain, unwrapping.doFinal(expected), "after a failure");
  }

  /** JDK 17 adds up to 16 bytes, later ones up to 8, as Keyhold does. */
  @Test
  void paddedKeysGoBothWaysBetweenKeyholdAndTheJdk() throws Exception {
    String name = "AES/KW/PKCS5Padding";
    Cipher jdk = Cipher.getInstance(name, "SunJCE");
    for (int length = 9; length < 40; length++) {
      byte[] plain = Pattern.bytes(length);
      byte[] wrapped = cipher(name, Cipher.ENCRYPT_MODE, imported).doFinal(plain);
      assertEquals((length / 8 + 2) * 8, wrapped.length);
      jdk.init(Cipher.DECRYPT_MODE, RAW);
      assertArrayEquals(plain, jdk.doFinal(wrapped));
      jdk.init(Cipher.ENCRYPT_MODE, RAW);
      byte[] byJdk = jdk.doFinal(plain);
      assertArrayEquals(plain, cipher(name, Cipher.DECRYPT_MODE, imported).doFinal(byJdk));
    }
  }

  @Test
  void aKeyIsForItsOwnUseOnly() throws Exception {
    SecretKey kek = keyhold.newKey("AES", "kek");
    for (String name : List.of("AES/KW/NoPadding", "AES/KWP/NoPadding")) {
      Cipher chosen = Cipher.getInstance(name);
      assertThrows(InvalidKeyException.class, () -> chosen.init(Cipher.WRAP_MODE, kek));
      Cipher named = Cipher.getInstance(name, keyhold.provider());
      Exception refused =
          assertThrows(InvalidKeyException.class, () -> named.init(Cipher.WRAP_MODE, kek));
      assertTrue(refused.getMessage().contains("KEY_WRAP"), refused.getMessage());
    }
    Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
    assertThrows(InvalidKeyException.class, () -> gcm.init(Cipher.ENCRYPT_MODE, vault));
    assertThrows(
        InvalidKeyException.class, () -> keyhold.cipher().init(Cipher.ENCRYPT_MODE, vault));
    assertThrows(
        InvalidKeyException.class,
        () -> new KeyholdOutputStream(new ByteArrayOutputStream(), vault).close());
    Cipher sized = Cipher.getInstance("AES_128/KW/NoPadding", keyhold.provider());
    assertThrows(InvalidKeyException.class, () -> sized.init(Cipher.WRAP_MODE, vault));
    sized.init(Cipher.WRAP_MODE, newKey(keyhold, "small", 128));
  }

  @Test
  void keysThatStayInABackendAreNotWrapped() throws Exception {
    Cipher wrapping = cipher("AES/KWP/NoPadding", Cipher.WRAP_MODE, vault);
    assertThrows(InvalidKeyException.class, () -> wrapping.wrap(imported));
  }

  @Test
  void anotherInitialValueIsRefused() throws Exception {
    Cipher wrapping = Cipher.getInstance("AES/KW/NoPadding", keyhold.provider());
    assertThrows(
        InvalidAlgorithmParameterException.class,
        () -> wrapping.init(Cipher.WRAP_MODE, vault, new IvParameterSpec(new byte[8])));
    wrapping.init(Cipher.WRAP_MODE, vault);
    wrapping.init(Cipher.WRAP_MODE, vault, new IvParameterSpec(wrapping.getIV()));
    assertEquals(24, wrapping.wrap(new SecretKeySpec(new byte[16], "AES")).length);
  }

  @Test
  void aPinnedCipherServesForeignKeys() throws Exception {
    Cipher named = Cipher.getInstance("AES/KWP/NoPadding", keyhold.provider());
    Cipher jdk = Cipher.getInstance("AES/KWP/NoPadding", "SunJCE");
    assertEquals(jdk.getBlockSize(), named.getBlockSize());
    named.init(Cipher.WRAP_MODE, RAW);
    jdk.init(Cipher.WRAP_MODE, RAW);
    assertArrayEquals(jdk.wrap(RAW), named.wrap(RAW));
    named.init(Cipher.WRAP_MODE, imported);
    assertArrayEquals(jdk.wrap(RAW), named.wrap(RAW));
  }

  @Test
  void aHandleIsFoundAgain() throws Exception {
    assertEquals(vault, keyhold.key("vault"));
    assertEquals("AESWrap_256", vault.getAlgorithm());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(vault);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertEquals(vault, in.readObject());
    }
  }

  @Test
  void aBackendWithoutItRefusesToMakeTheKey() throws Exception {
    try (KeyholdFixture token = KeyholdFixture.of(BackendKind.PKCS11, folder)) {
      Exception refused =
          assertThrows(KeyManagementException.class, () -> newKey(token, "vault", 256));
      assertTrue(refused.getMessage().contains("vault"), refused.getMessage());
    }
  }
}
