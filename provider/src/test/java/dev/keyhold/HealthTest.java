package dev.keyhold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.Health.BackendHealth;
import dev.keyhold.gate.FakeBackend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.ProviderException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthTest {
  private static final String TWO =
      """
      backend.eu.type = fake
      backend.eu.remote = yes
      backend.us.type = fake
      """;

  @TempDir Path folder;

  @Test
  void aProviderWhoseBackendsAnswerIsReady() throws Exception {
    try (KeyholdProvider provider = provider(TWO + "key.orders = eu\nkey.* = us\n")) {
      Health health = provider.health();
      assertTrue(health.live());
      assertTrue(health.ready());
      assertEquals(
          List.of(
              new BackendHealth("eu", "fake", true, Optional.empty()),
              new BackendHealth("us", "fake", true, Optional.empty())),
          health.backends());
    }
  }

  @Test
  void withoutItsBackendItIsLiveButNotReady() throws Exception {
    try (KeyholdProvider provider = provider(TWO + "key.orders = eu\nkey.* = us\n")) {
      backend("eu").fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "down");
      Health health = provider.health();
      assertTrue(health.live());
      assertFalse(health.ready());
      assertEquals(List.of("orders"), health.outOfReach());
      assertEquals(
          Optional.of("describe with key orders at backend eu (fake): down"),
          health.backends().get(0).reason());
      assertTrue(health.backends().get(1).up());
    }
  }

  @Test
  void ofSeveralKeysThatOpenOneIsEnough() throws Exception {
    String routes = "key.any = any-of(eu, us)\nkey.all = all-of(eu, us)\nkey.* = us\n";
    try (KeyholdProvider provider = provider(TWO + routes)) {
      backend("eu").fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "down");
      assertEquals(List.of("all"), provider.health().outOfReach());
    }
    try (KeyholdProvider provider = provider(TWO + "key.any = any-of(eu, us)\n")) {
      backend("eu").fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "down");
      Health health = provider.health();
      assertTrue(health.ready());
      assertFalse(health.backends().get(0).up());
    }
  }

  @Test
  void aBackendThatHangsIsDownAfterItsDeadline() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (KeyholdProvider provider = provider(TWO + "backend.eu.deadline = 200ms\nkey.* = eu\n")) {
      backend("eu").fault =
          () -> {
            try {
              never.await();
            } catch (InterruptedException e) {
              throw new BackendException(Reason.UNAVAILABLE, "interrupted", e);
            }
          };
      Health health = provider.health();
      assertEquals(List.of("*"), health.outOfReach());
      String reason = health.backends().get(0).reason().orElseThrow();
      assertTrue(reason.contains("no answer within 200 ms"), reason);
    }
  }

  @Test
  void aBackendThatFailedInARowIsDownAtOnce() throws Exception {
    String breaker = "backend.eu.breaker-failures = 1\nbackend.eu.breaker-pause = 1000s\n";
    try (KeyholdProvider provider = provider(TWO + breaker + "key.* = eu\n")) {
      assertTrue(provider.health().ready());
      FakeBackend backend = backend("eu");
      backend.fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "down");
      KeyStore keyStore = KeyStore.getInstance("Keyhold", provider);
      keyStore.load(null, null);
      assertThrows(ProviderException.class, () -> keyStore.getKey("orders", null));
      int calls = backend.calls.get();
      assertFalse(provider.health().ready(), "what it said before is out of date");
      assertEquals(calls, backend.calls.get(), "it was asked, though it is left alone");
    }
  }

  @Test
  void whatIsWrongWithTheConfigurationIsSaid() throws Exception {
    try (KeyholdProvider provider = provider("backend.b.type = unknown\nkey.* = b\n")) {
      Health health = provider.health();
      assertTrue(health.live());
      assertFalse(health.ready());
      assertTrue(health.problem().orElseThrow().contains("unknown"), health.toString());
    }
  }

  @Test
  void aClosedProviderIsNotLive() throws Exception {
    KeyholdProvider provider = provider(TWO + "key.* = eu\n");
    provider.close();
    assertFalse(provider.health().live());
    assertFalse(provider.health().ready());
  }

  private KeyholdProvider provider(String text) throws IOException {
    Path file = folder.resolve("keyhold.properties");
    Files.writeString(file, text);
    return new KeyholdProvider().configure(file.toString());
  }

  private static FakeBackend backend(String name) {
    return FakeBackend.Factory.LAST.get(name);
  }
}
