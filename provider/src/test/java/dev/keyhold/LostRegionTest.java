package dev.keyhold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.keyhold.gate.FakeBackend;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.rewrap.QueueEntries;
import dev.keyhold.rewrap.RewrapQueue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.ProviderException;
import java.security.UnrecoverableKeyException;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An application that starts, writes and reads while one of two regions is out of reach. */
class LostRegionTest {
  private static final byte[] PLAIN = new byte[100_000];

  @TempDir Path folder;

  private KeyholdProvider provider(String mode) throws Exception {
    Path configuration =
        Files.writeString(
            folder.resolve("keyhold.properties"),
            """
            backend.one.type = fake
            backend.two.type = fake
            rewrap-queue = queue
            key.first = one
            key.second = two
            key.orders = any-of(one:first, two:second)
            key.orders.write-quorum = 1
            key.orders.data-keys = %s
            """
                .formatted(mode));
    KeyholdProvider provider = new KeyholdProvider().configure(configuration.toString());
    for (String alias : new String[] {"first", "second"}) {
      KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
      generator.init(new KeyholdGenParameterSpec.Builder(alias).build());
      generator.generateKey();
    }
    return provider;
  }

  private static FakeBackend backend(String name) {
    return FakeBackend.Factory.LAST.get(name);
  }

  private static void lose(String name) {
    backend(name).fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "the region is gone");
  }

  private static SecretKey orders(KeyholdProvider provider) throws Exception {
    KeyStore keys = KeyStore.getInstance("Keyhold", provider);
    keys.load(null, null);
    return (SecretKey) keys.getKey("orders", null);
  }

  @ParameterizedTest
  @CsvSource({"one, per-object", "two, per-object", "one, epoch", "two, epoch"})
  void itGoesOnAndARewrapMakesUpForIt(String lost, String mode) throws Exception {
    Path file = folder.resolve("object");
    byte[] iv;
    try (KeyholdProvider provider = provider(mode)) {
      lose(lost);
      SecretKey key = orders(provider);
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
      cipher.init(Cipher.ENCRYPT_MODE, key);
      Files.write(file, cipher.doFinal(PLAIN));
      iv = cipher.getIV();
      assertArrayEquals(PLAIN, open(provider, key, file, iv));

      backend(lost).fault = () -> {};
      assertSame(KeyholdRewrap.Outcome.REWRAPPED, new KeyholdRewrap(key).file(file));
      lose(lost.equals("one") ? "two" : "one");
      assertArrayEquals(PLAIN, open(provider, key, file, iv));
    }
    assertEquals(1, QueueEntries.of(new RewrapQueue(folder.resolve("queue"))).size());
  }

  private static byte[] open(KeyholdProvider provider, SecretKey key, Path file, byte[] iv)
      throws Exception {
    KeyholdParameterSpec parameters = KeyholdParameterSpec.NONE.withIv(iv);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    cipher.init(Cipher.DECRYPT_MODE, key, parameters);
    return cipher.doFinal(Files.readAllBytes(file));
  }

  @Test
  void withoutBothTheKeyIsOutOfReachAndADenialIsNoOutage() throws Exception {
    try (KeyholdProvider provider = provider("per-object")) {
      backend("one").fault = FakeBackend.Fault.failing(Reason.DENIED, "no");
      assertThrows(UnrecoverableKeyException.class, () -> orders(provider));
      lose("one");
      lose("two");
      assertThrows(ProviderException.class, () -> orders(provider));
    }
  }
}
