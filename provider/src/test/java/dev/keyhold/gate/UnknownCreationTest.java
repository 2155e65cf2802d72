package dev.keyhold.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.KeyholdProvider;
import dev.keyhold.config.Configuration;
import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.policy.KeyRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import javax.crypto.KeyGenerator;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A creation that is not answered: the key is looked for, and made once. */
@Timeout(300)
class UnknownCreationTest {
  private static final KeyRef KEY = new KeyRef("hsm", "orders");

  @TempDir Path folder;
  private FakeBackend backend;

  private Path config(String... options) throws Exception {
    StringBuilder lines = new StringBuilder("backend.hsm.type = fake\nkey.* = hsm\n");
    lines.append("backend.hsm.remote = yes\n");
    for (String option : options) {
      lines.append("backend.hsm.").append(option).append('\n');
    }
    return Files.writeString(folder.resolve("keyhold.properties"), lines);
  }

  private KeyRouter routed(String... options) throws Exception {
    FakeBackend.Factory factory = new FakeBackend.Factory();
    KeyRouter router =
        new KeyRouter(Configuration.read(config(options), Map.of(), Map.of("fake", factory)));
    backend = factory.made.get("hsm");
    return router;
  }

  /** The first call goes on for some time after its caller left; it is deaf to interrupts. */
  private static FakeBackend.Fault late(long millis) {
    AtomicBoolean first = new AtomicBoolean(true);
    return () -> {
      if (first.compareAndSet(true, false)) {
        long end = System.nanoTime() + millis * 1_000_000;
        while (System.nanoTime() < end) {
          LockSupport.parkNanos(1_000_000);
        }
      }
    };
  }

  private static KeyMetadata create(KeyRouter router) throws BackendException {
    return router.administration(Access.NONE).create(KEY, KeySpec.AES_256, Set.of(Purpose.ENCRYPT));
  }

  @RepeatedTest(3)
  void aKeyThatAppearsAfterTheDeadlineIsFound() throws Exception {
    try (KeyRouter router = routed("deadline = 100s", "change-deadline = 300ms")) {
      router.list(Access.NONE, "hsm");
      backend.fault = late(900);
      assertEquals("orders", create(router).name());
      assertEquals(1, backend.creations.get());
      assertEquals(1, router.list(Access.NONE, "hsm").size());
    }
  }

  @RepeatedTest(3)
  void generatorsGiveItsHandle() throws Exception {
    try (KeyholdProvider provider = new KeyholdProvider()) {
      provider.configure(config("deadline = 100s", "change-deadline = 300ms").toString());
      FakeBackend made = FakeBackend.Factory.LAST.get("hsm");
      KeyGenerator keys = KeyGenerator.getInstance("AES", provider);
      keys.init(new KeyholdGenParameterSpec.Builder("orders").build());
      made.fault = late(900);
      assertTrue(keys.generateKey().toString().contains("orders"));
      KeyPairGenerator pairs = KeyPairGenerator.getInstance("EC", provider);
      pairs.initialize(new KeyholdGenParameterSpec.Builder("web").build());
      made.fault = late(900);
      assertTrue(pairs.generateKeyPair().getPrivate().toString().contains("web"));
      assertEquals(2, made.creations.get());
    }
  }

  @Test
  void aConnectionThatBrokeAfterTheKeyWasMadeIsNoFailure() throws Exception {
    try (KeyRouter router = routed("deadline = 100s")) {
      backend.afterCreation = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "connection reset");
      assertEquals("orders", create(router).name());
      assertEquals(1, backend.creations.get());
    }
  }

  @Test
  void oneThatIsNotThereIsOfUnknownOutcome() throws Exception {
    try (KeyRouter router = routed("deadline = 1s")) {
      AtomicBoolean first = new AtomicBoolean(true);
      backend.fault =
          () -> {
            if (first.compareAndSet(true, false)) {
              throw new BackendException(Reason.UNAVAILABLE, "connection reset");
            }
          };
      BackendException e = assertThrows(BackendException.class, () -> create(router));
      assertTrue(e.isOutcomeUnknown(), e.getMessage());
      for (String part :
          List.of(
              "orders", "hsm", "connection reset", "keyhold keys list", "is not there 1000 ms")) {
        assertTrue(e.getMessage().contains(part), e.getMessage());
      }
      assertEquals(1, backend.creations.get());
      assertEquals(0, router.list(Access.NONE, "hsm").size());
    }
  }

  @Test
  void aGeneratorSaysSoAndMakesNoKeyElsewhere() throws Exception {
    try (KeyholdProvider provider = new KeyholdProvider()) {
      provider.configure(config("deadline = 500ms").toString());
      FakeBackend made = FakeBackend.Factory.LAST.get("hsm");
      KeyGenerator keys = KeyGenerator.getInstance("AES", provider);
      keys.init(new KeyholdGenParameterSpec.Builder("orders").build());
      made.fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "connection reset");
      Exception e = assertThrows(Exception.class, keys::generateKey);
      assertTrue(e.getMessage().contains("whether the change was made is unknown"), e.getMessage());
      assertEquals(1, made.creations.get());
    }
  }

  @Test
  void anotherKeyOfThatNameIsNotTakenForIt() throws Exception {
    try (KeyRouter router = routed("deadline = 100s")) {
      create(router);
      AtomicBoolean first = new AtomicBoolean(true);
      backend.fault =
          () -> {
            if (first.compareAndSet(true, false)) {
              throw new BackendException(Reason.UNAVAILABLE, "connection reset");
            }
          };
      BackendException e =
          assertThrows(
              BackendException.class,
              () ->
                  router
                      .administration(Access.NONE)
                      .create(KEY, new KeySpec("EC", 256), Set.of(Purpose.SIGN)));
      assertTrue(e.getMessage().contains("it is another one"), e.getMessage());
    }
  }

  @Test
  void anInterruptEndsTheSearch() throws Exception {
    try (KeyRouter router = routed("deadline = 100s")) {
      CountDownLatch asked = new CountDownLatch(2);
      backend.fault =
          () -> {
            asked.countDown();
            if (asked.getCount() == 1) {
              throw new BackendException(Reason.UNAVAILABLE, "connection reset");
            }
          };
      Thread caller =
          new Thread(
              () -> {
                assertThrows(BackendException.class, () -> create(router));
                assertTrue(Thread.currentThread().isInterrupted());
              });
      caller.start();
      asked.await();
      caller.interrupt();
      caller.join();
      assertEquals(1, backend.creations.get());
    }
  }
}
