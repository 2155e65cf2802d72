package dev.keyhold.conformance.clients;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.KeyholdProvider;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What objects ask of a backend, counted where the calls arrive: one call for the key of an object,
 * two for the key of an epoch, and nothing beside.
 */
@Timeout(120)
class OperationCallsTest {
  private static final int OBJECTS = 20;

  @TempDir Path folder;

  /** Something that is counted. */
  @FunctionalInterface
  private interface Work {
    void run() throws Exception;
  }

  private static void assertCalls(Place place, int expected, Calls calls, Work work)
      throws Exception {
    int each = place == Place.PKCS11 ? 3 : 1; // C_SignInit, C_SignUpdate, C_SignFinal: an HMAC
    int before = calls.all().getAsInt();
    work.run();
    assertEquals(expected * each, calls.all().getAsInt() - before);
  }

  private static void encrypt(KeyholdProvider provider, SecretKey key, byte[][] objects)
      throws Exception {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    for (int i = 0; i < objects.length; i++) {
      cipher.init(Cipher.ENCRYPT_MODE, key, iv(i));
      objects[i] = cipher.doFinal(new byte[i]);
    }
  }

  private static void decrypt(KeyholdProvider provider, SecretKey key, byte[][] objects)
      throws Exception {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    for (int i = 0; i < objects.length; i++) {
      cipher.init(Cipher.DECRYPT_MODE, key, iv(i));
      assertArrayEquals(new byte[i], cipher.doFinal(objects[i]));
    }
  }

  private static GCMParameterSpec iv(int i) {
    return new GCMParameterSpec(128, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, (byte) i});
  }

  @ParameterizedTest
  @EnumSource(value = Place.class, mode = EnumSource.Mode.EXCLUDE, names = "SOFTWARE")
  void objectsCostOneCallAndEpochsTwo(Place place) throws Exception {
    try (Calls calls = place.counted(folder)) {
      calls.config().line("key.per-object = b:orders");
      calls.config().line("key.epoch = b:orders");
      calls.config().line("key.epoch.data-keys = epoch");
      try (KeyholdProvider provider = calls.config().provider()) {
        KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
        generator.init(new KeyholdGenParameterSpec.Builder("orders").build());
        generator.generateKey();
        KeyStore keyStore = KeyStore.getInstance("Keyhold", provider);
        keyStore.load(null, null);
        SecretKey perObject = (SecretKey) keyStore.getKey("per-object", null);
        SecretKey epoch = (SecretKey) keyStore.getKey("epoch", null);
        byte[][] first = new byte[1][];
        encrypt(provider, perObject, first); // finds the key by its name
        decrypt(provider, perObject, first);
        byte[][] objects = new byte[OBJECTS][];
        assertCalls(place, OBJECTS, calls, () -> encrypt(provider, perObject, objects));
        assertCalls(place, OBJECTS, calls, () -> decrypt(provider, perObject, objects));
        assertCalls(place, 2, calls, () -> encrypt(provider, epoch, objects));
        assertCalls(place, 1, calls, () -> decrypt(provider, epoch, objects));
        assertCalls(place, 0, calls, () -> decrypt(provider, epoch, objects));
      }
    }
  }
}
