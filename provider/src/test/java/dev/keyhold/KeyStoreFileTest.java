package dev.keyhold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A key store's file: what is read, and what is refused. */
class KeyStoreFileTest {
  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final int PARAMETERS_AT = 6;
  private static final int SALT_AT = 10;

  @TempDir Path folder;
  private KeyholdProvider provider;
  private SecretKey key;
  private byte[] whole;

  @BeforeEach
  void storeOneKeyUnderTwoAliases() throws IOException, GeneralSecurityException {
    Path file = folder.resolve("keyhold.properties");
    Files.writeString(file, "backend.local.type = fake\nkey.* = local\n");
    provider = new KeyholdProvider().configure(file.toString());
    KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
    generator.init(new KeyholdGenParameterSpec.Builder("orders").build());
    key = generator.generateKey();

    KeyStore keyStore = KeyStore.getInstance("Keyhold", provider);
    keyStore.load(null, null);
    keyStore.setKeyEntry("orders", key, null, null);
    keyStore = load(stored(keyStore), PASSWORD);
    keyStore.setKeyEntry("größe", key, null, null);
    whole = stored(keyStore);
  }

  @AfterEach
  void close() {
    provider.close();
  }

  private static byte[] stored(KeyStore keyStore) throws IOException, GeneralSecurityException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    keyStore.store(out, PASSWORD);
    return out.toByteArray();
  }

  private KeyStore load(byte[] bytes, char[] password)
      throws IOException, GeneralSecurityException {
    KeyStore keyStore = KeyStore.getInstance("Keyhold", provider);
    keyStore.load(new ByteArrayInputStream(bytes), password);
    return keyStore;
  }

  private IOException refusal(byte[] bytes, char[] password) {
    return assertThrows(IOException.class, () -> load(bytes, password));
  }

  @Test
  void whatWasStoredIsLoaded() throws IOException, GeneralSecurityException {
    for (char[] password : new char[][] {PASSWORD, null}) {
      KeyStore keyStore = load(whole, password);
      assertEquals(Set.of("orders", "größe"), new TreeSet<>(Collections.list(keyStore.aliases())));
      assertEquals(key, keyStore.getKey("orders", null));
    }
  }

  @Test
  void aFileThatIsCutShortSaysSo() {
    for (char[] password : new char[][] {PASSWORD, null}) {
      for (int length = 1; length < whole.length; length++) {
        IOException refused = refusal(Arrays.copyOf(whole, length), password);
        assertTrue(refused.getMessage().contains("cut short"), refused.toString());
      }
      assertTrue(refusal(new byte[0], password).getMessage().contains("is empty"));
    }
  }

  @Test
  void aWrongPasswordAndAnAlteredByteAreRefused() {
    IOException refused = refusal(whole, "changedit".toCharArray());
    assertInstanceOf(UnrecoverableKeyException.class, refused.getCause());
    for (int at : new int[] {SALT_AT, whole.length - 40, whole.length - 1}) {
      byte[] altered = whole.clone();
      altered[at] ^= 1;
      refusal(altered, PASSWORD);
    }
  }

  @Test
  void forgedParametersOfTheDerivationAreRefusedAtOnce() {
    for (int parameters : new int[] {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0x01010041}) {
      byte[] forged = whole.clone();
      ByteBuffer.wrap(forged).putInt(PARAMETERS_AT, parameters);
      assertTrue(refusal(forged, PASSWORD).getMessage().contains("out of bounds"));
    }
  }

  @Test
  void aFileOfTheFormerVersionWithOneIterationIsRefused() {
    for (int iterations : new int[] {0, 1, 999, 10_000_001}) {
      byte[] former = new byte[whole.length - 1];
      System.arraycopy(whole, 0, former, 0, 4);
      former[4] = 2;
      ByteBuffer.wrap(former).putInt(5, iterations);
      System.arraycopy(whole, SALT_AT, former, SALT_AT - 1, whole.length - SALT_AT);
      String message = refusal(former, PASSWORD).getMessage();
      assertTrue(message.contains("PBKDF2 with " + iterations + " iterations"), message);
      assertTrue(message.contains("out of bounds (1000 to 2000000)"), message);
    }
  }
}
