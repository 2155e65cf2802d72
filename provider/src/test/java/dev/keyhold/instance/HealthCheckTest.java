package dev.keyhold.instance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.config.Configuration;
import dev.keyhold.gate.FakeBackend;
import dev.keyhold.gate.KeyRouter;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.policy.Declared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthCheckTest {
  private static final Declared NOBODY =
      new Declared(Optional.empty(), Optional.empty(), Optional.empty());

  @TempDir Path folder;
  private final AtomicLong now = new AtomicLong();
  private final HealthCheck check = new HealthCheck(now::get);
  private final FakeBackend.Factory factory = new FakeBackend.Factory();

  @Test
  void anAnswerIsBorneInMindForSomeSeconds() throws IOException {
    try (KeyRouter router = router("key.orders = b\n")) {
      for (int i = 0; i < 100; i++) {
        assertTrue(check.of(router, NOBODY).ready());
      }
      assertEquals(1, factory.made.get("b").calls.get());
      factory.made.get("b").fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "down");
      now.addAndGet(HealthCheck.KEPT.toNanos());
      assertFalse(check.of(router, NOBODY).ready());
      assertEquals(2, factory.made.get("b").calls.get());
    }
  }

  @Test
  void anotherConfigurationIsAskedAnew() throws IOException {
    try (KeyRouter router = router("key.orders = b\n")) {
      assertTrue(check.of(router, NOBODY).ready());
      router.reload(configuration("backend.b.size = 2\nkey.orders = b\n"));
      factory.made.get("b").fault = FakeBackend.Fault.failing(Reason.MISCONFIGURED, "no PIN");
      assertFalse(check.of(router, NOBODY).ready());
    }
  }

  @Test
  void whoeverDeniesOneKeyMayServeOthers() throws IOException {
    try (KeyRouter named = router("key.orders = b\n")) {
      factory.made.get("b").fault = FakeBackend.Fault.failing(Reason.DENIED, "no");
      assertFalse(check.of(named, NOBODY).ready());
    }
    try (KeyRouter unnamed = router("key.* = b\n")) {
      factory.made.get("b").fault = FakeBackend.Fault.failing(Reason.DENIED, "no");
      assertTrue(check.of(unnamed, NOBODY).ready());
    }
  }

  private KeyRouter router(String routes) throws IOException {
    return new KeyRouter(configuration(routes));
  }

  private Configuration configuration(String routes) throws IOException {
    Path file = folder.resolve("keyhold.properties");
    Files.writeString(file, "backend.b.type = fake\n" + routes);
    return Configuration.read(file, Map.of(), Map.of("fake", factory));
  }
}
