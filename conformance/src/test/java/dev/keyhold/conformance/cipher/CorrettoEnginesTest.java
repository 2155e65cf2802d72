package dev.keyhold.conformance.cipher;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.keyhold.KeyholdInputStream;
import dev.keyhold.KeyholdOutputStream;
import dev.keyhold.conformance.BackendKind;
import dev.keyhold.conformance.KeyholdFixture;
import dev.keyhold.conformance.Pattern;
import dev.keyhold.keystore.LocalEngine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Objects that Amazon Corretto Crypto Provider encrypts and those of the JDK's engines are the
 * same: whichever of the two is installed opens them, and refuses those that were altered.
 */
class CorrettoEnginesTest {
  private static final String NAME = "AmazonCorrettoCryptoProvider";
  private static final String CLASS = "com.amazon.corretto.crypto.provider." + NAME;
  private static final int TAG_BITS = 128;
  private static final String[] LINES = {
    "key.per-object = b:orders", "key.epoch = b:orders", "key.epoch.data-keys = epoch"
  };

  @TempDir Path folder;
  private Provider corretto;

  @BeforeEach
  void find() throws Exception {
    Class<?> type = null;
    try {
      type = Class.forName(CLASS);
    } catch (ClassNotFoundException e) {
      assumeTrue(false, "no Corretto provider for this platform on the class path");
    }
    corretto = (Provider) type.getField("INSTANCE").get(null);
    assertEquals("SunJCE", engine());
  }

  @AfterEach
  void remove() {
    Security.removeProvider(NAME);
  }

  private static String engine() throws Exception {
    return LocalEngine.cipher("AES/GCM/NoPadding").getProvider().getName();
  }

  /** From then on new engines are the other provider's, and none of the former is in use. */
  private void use(KeyholdFixture keyhold, boolean ofCorretto) throws Exception {
    if (ofCorretto) {
      Security.addProvider(corretto);
    } else {
      Security.removeProvider(NAME);
    }
    keyhold.provider().dropLocalState();
    assertEquals(ofCorretto ? NAME : "SunJCE", engine());
  }

  private static Cipher decryption(KeyholdFixture keyhold, SecretKey key, byte[] iv)
      throws Exception {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", keyhold.provider());
    cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, iv));
    return cipher;
  }

  @ParameterizedTest
  @ValueSource(strings = {"per-object", "epoch"})
  void eachOpensWhatTheOtherMade(String alias) throws Exception {
    try (KeyholdFixture keyhold = KeyholdFixture.of(BackendKind.SOFTWARE, folder, LINES)) {
      keyhold.newKey("AES", "orders");
      SecretKey key = keyhold.key(alias);
      for (int length : new int[] {0, 1, 1000, Pattern.CHUNK, 3 * Pattern.CHUNK + 5}) {
        byte[] plain = Pattern.bytes(length);
        for (boolean byCorretto : new boolean[] {true, false}) {
          use(keyhold, byCorretto);
          Cipher encryption = Cipher.getInstance("AES/GCM/NoPadding", keyhold.provider());
          encryption.init(Cipher.ENCRYPT_MODE, key);
          byte[] object = encryption.doFinal(plain);
          byte[] iv = encryption.getIV();
          use(keyhold, !byCorretto);
          assertArrayEquals(plain, decryption(keyhold, key, iv).doFinal(object));
          object[object.length - 1]++;
          assertThrows(
              AEADBadTagException.class, () -> decryption(keyhold, key, iv).doFinal(object));
        }
      }
    }
  }

  @Test
  void streamsToo() throws Exception {
    try (KeyholdFixture keyhold = KeyholdFixture.of(BackendKind.SOFTWARE, folder, LINES)) {
      keyhold.newKey("AES", "orders");
      SecretKey key = keyhold.key("epoch");
      byte[] plain = Pattern.bytes(5 * Pattern.CHUNK + 7);
      for (boolean byCorretto : new boolean[] {true, false}) {
        use(keyhold, byCorretto);
        ByteArrayOutputStream object = new ByteArrayOutputStream();
        try (OutputStream out = new KeyholdOutputStream(object, key)) {
          out.write(plain);
        }
        use(keyhold, !byCorretto);
        try (InputStream in =
            new KeyholdInputStream(new ByteArrayInputStream(object.toByteArray()), key)) {
          assertArrayEquals(plain, in.readAllBytes());
        }
      }
    }
  }
}
