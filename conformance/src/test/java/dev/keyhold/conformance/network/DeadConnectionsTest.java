package dev.keyhold.conformance.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.KeyholdProvider;
import dev.keyhold.conformance.AwsEmulator;
import dev.keyhold.conformance.KeyholdConfig;
import dev.keyhold.keystore.googlekms.fake.FakeServer;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Connections that died without a sign, as in a firewall that forgot them: a use loses one request
 * to them, and no other use any.
 */
class DeadConnectionsTest {
  private static final int BURST = 32;

  @TempDir Path folder;

  @Test
  void ofAws() throws Exception {
    Map<String, String> options = AwsEmulator.MOTO.empty();
    try (Firewall firewall = Firewall.before(URI.create(options.get("endpoint")).getPort())) {
      options.put("endpoint", "http://127.0.0.1:" + firewall.port());
      options.put("timeout", "10s");
      outlives(firewall, KeyholdConfig.ofAws(folder, options));
    }
  }

  @Test
  void ofGoogle() throws Exception {
    try (FakeServer server = FakeServer.start();
        Firewall firewall = Firewall.before(URI.create(server.endpoint()).getPort())) {
      KeyholdConfig config =
          KeyholdConfig.in(folder)
              .line("backend.b.type = google-kms")
              .line("backend.b.key-ring = " + FakeServer.KEY_RING)
              .line("backend.b.endpoint = http://127.0.0.1:" + firewall.port())
              .line("backend.b.timeout = 10s")
              .line("backend.b.deadline = 120s")
              .line("key.* = b");
      outlives(firewall, config);
    }
  }

  private static void outlives(Firewall firewall, KeyholdConfig config) throws Exception {
    try (KeyholdProvider provider = config.provider()) {
      KeyGenerator generator = KeyGenerator.getInstance("AES", provider);
      generator.init(new KeyholdGenParameterSpec.Builder("orders").build());
      SecretKey key = generator.generateKey();
      burst(provider, key);
      int dead = firewall.forget();
      assertTrue(dead > 0);
      for (int i = 0; i < 3; i++) {
        roundTrip(provider, key);
      }
      assertTrue(
          firewall.triedInVain() <= 1,
          firewall.triedInVain() + " of " + dead + " dead connections were tried");
    }
  }

  private static void burst(KeyholdProvider provider, SecretKey key) throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    List<FutureTask<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < BURST; i++) {
      FutureTask<Void> task =
          new FutureTask<>(
              () -> {
                start.await();
                roundTrip(provider, key);
                return null;
              });
      tasks.add(task);
      new Thread(task).start();
    }
    start.countDown();
    for (FutureTask<Void> task : tasks) {
      task.get();
    }
  }

  private static void roundTrip(KeyholdProvider provider, SecretKey key) throws Exception {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider);
    cipher.init(Cipher.ENCRYPT_MODE, key);
    byte[] object = cipher.doFinal(new byte[100]);
    Cipher opening = Cipher.getInstance("AES/GCM/NoPadding", provider);
    opening.init(Cipher.DECRYPT_MODE, key, cipher.getParameters());
    assertArrayEquals(new byte[100], opening.doFinal(object));
  }
}
