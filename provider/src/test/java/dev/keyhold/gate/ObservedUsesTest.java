package dev.keyhold.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.config.Configuration;
import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyWrap;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.RsaPadding;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.observe.BreakerState;
import dev.keyhold.observe.CacheCounts;
import dev.keyhold.observe.KeyOperation;
import dev.keyhold.observe.ObservedUse;
import dev.keyhold.observe.Observer;
import dev.keyhold.observe.Observers;
import dev.keyhold.observe.Outcome;
import dev.keyhold.observe.Renewal;
import dev.keyhold.observe.Seen;
import dev.keyhold.policy.KeyRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What an observer is told of the uses of keys. */
class ObservedUsesTest {
  private static final KeyRef KEY = new KeyRef("hsm", "orders");
  private static final WrapContext CONTEXT = new WrapContext(Map.of("binding", "orders"));

  @TempDir Path folder;
  private final Seen seen = new Seen();
  private FakeBackend backend;

  @Test
  void aUseIsToldOnceWithWhatItWas() throws Exception {
    try (KeyRouter router = routed(seen, "remote = yes")) {
      router.pass(Access.NONE, KEY, new KeyCall.Wrap(CONTEXT, new byte[32]));
      router.list(Access.NONE, "hsm");
      assertEquals(
          List.of("wrap orders at hsm (fake, remote): ok, 1", "list  at hsm (fake, remote): ok, 1"),
          seen.take());
    }
    assertEquals(List.of("closed"), seen.take());
  }

  @Test
  void aLocalUseIsToldToo() throws Exception {
    try (KeyRouter router = routed(seen)) {
      router.pass(Access.NONE, KEY, new KeyCall.Mac("HmacSHA256", new byte[3]));
      assertEquals(List.of("mac orders at hsm (fake): ok, 1"), seen.take());
    }
  }

  @Test
  void eachReasonIsTold() throws Exception {
    try (KeyRouter router = routed(seen)) {
      for (Reason reason : Reason.values()) {
        backend.fault = FakeBackend.Fault.failing(reason, "no");
        assertThrows(BackendException.class, () -> router.describe(Access.NONE, KEY));
        assertEquals(
            List.of(
                "describe orders at hsm (fake): %s, 1"
                    .formatted(Outcome.valueOf(reason.name()).id())),
            seen.take());
      }
      backend.fault =
          () -> {
            throw new IllegalArgumentException("a message too long");
          };
      assertThrows(IllegalArgumentException.class, () -> router.describe(Access.NONE, KEY));
      assertEquals(List.of("describe orders at hsm (fake): defect, 1"), seen.take());
    }
  }

  @Test
  void retriesAreTold() throws Exception {
    try (KeyRouter router = routed(seen, "remote = yes")) {
      AtomicInteger faults = new AtomicInteger(2);
      backend.fault =
          () -> {
            if (faults.getAndDecrement() > 0) {
              throw new BackendException(Reason.UNAVAILABLE, "busy");
            }
          };
      router.describe(Access.NONE, KEY);
      assertEquals(
          List.of(
              "retry 2 after unavailable",
              "retry 3 after unavailable",
              "describe orders at hsm (fake, remote): ok, 3"),
          seen.take());
    }
  }

  @Test
  void theBreakerIsTold() throws Exception {
    try (KeyRouter router =
        routed(seen, "remote = yes", "breaker-failures = 1", "breaker-pause = 10ms")) {
      backend.fault = FakeBackend.Fault.failing(Reason.UNAVAILABLE, "down");
      assertThrows(
          BackendException.class,
          () -> router.administration(Access.NONE).unname(KEY),
          "one attempt");
      assertEquals("breaker of hsm open", seen.take().get(0));
      backend.fault = () -> {};
      List<String> told = new ArrayList<>();
      while (!told.contains("breaker of hsm closed")) { // as soon as the pause is over
        try {
          router.describe(Access.NONE, KEY);
        } catch (BackendException e) {
          assertEquals(
              List.of("describe orders at hsm (fake, remote): breaker_open, 0"), seen.take());
        }
        told.addAll(seen.take());
      }
      assertEquals(
          List.of(
              "breaker of hsm half_open",
              "breaker of hsm closed",
              "describe orders at hsm (fake, remote): ok, 1"),
          told);
    }
  }

  @Test
  void whatThisSideRefusesIsToldApart() throws Exception {
    try (KeyRouter router =
        routed(seen, "remote = yes", "calls-per-second = 1", "deadline = 200ms")) {
      String refused = "describe orders at hsm (fake, remote): rate_limited, 0";
      String told = "";
      for (int i = 0; i < 1000 && !told.equals(refused); i++) { // a second may end meanwhile
        try {
          router.describe(Access.NONE, KEY);
        } catch (BackendException e) {
          told = last(seen.take());
        }
      }
      assertEquals(refused, told);
    }
    KeyRouter closed = routed(seen, "remote = yes");
    closed.close();
    seen.take();
    Seen after = new Seen();
    try (KeyRouter router = routed(after, "remote = yes", "deadline = 500ms")) {
      backend.fault = ObservedUsesTest::hang;
      assertThrows(BackendException.class, () -> router.describe(Access.NONE, KEY));
      assertEquals("describe orders at hsm (fake, remote): timeout, 1", last(after.take()));
    }
    try (KeyRouter router = routed(after, "remote = yes")) {
      router.describe(Access.NONE, KEY); // or the interrupt ends the wait for its client
      after.take();
      backend.fault = ObservedUsesTest::hang;
      Thread.currentThread().interrupt();
      assertThrows(BackendException.class, () -> router.describe(Access.NONE, KEY));
      assertTrue(Thread.interrupted());
      assertEquals("describe orders at hsm (fake, remote): interrupted, 1", last(after.take()));
    }
  }

  private static String last(List<String> lines) {
    return lines.get(lines.size() - 1);
  }

  /** Until it is interrupted. */
  private static void hang() throws BackendException {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      throw new BackendException(Reason.UNAVAILABLE, "interrupted", e);
    }
  }

  @Test
  void anAttemptIsSurroundedOnTheThreadThatMakesIt() throws Exception {
    List<String> order = new ArrayList<>();
    Observer surrounding =
        new Quiet() {
          @Override
          public Use begin(ObservedUse use) {
            return new QuietUse() {
              @Override
              public <T> Callable<T> around(Callable<T> attempt) {
                return () -> {
                  order.add("before on " + Thread.currentThread().getName());
                  T result = attempt.call();
                  order.add("after");
                  return result;
                };
              }
            };
          }
        };
    try (KeyRouter router = routed(surrounding, "remote = yes")) {
      order.clear();
      backend.fault = () -> order.add("asked on " + Thread.currentThread().getName());
      router.describe(Access.NONE, KEY);
      assertTrue(order.get(1).startsWith("asked on keyhold-hsm-"), order.get(1));
      assertEquals(List.of(order.get(1).replace("asked", "before"), order.get(1), "after"), order);
    }
  }

  @Test
  void anObserverThatFailsHurtsNobodyAndIsAskedNoMore() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Observer failing =
        new Quiet() {
          @Override
          public Use begin(ObservedUse use) {
            asked.incrementAndGet();
            return new QuietUse() {
              @Override
              public void ended(Outcome outcome, int attempts) {
                throw new IllegalStateException("told to fail");
              }
            };
          }
        };
    try (KeyRouter router = routed(failing, "remote = yes")) {
      router.describe(Access.NONE, KEY);
      router.describe(Access.NONE, KEY);
      assertEquals(1, asked.get());
    }
  }

  /** Each operation has a name of its own, which is a contract. */
  @Test
  void eachOperationHasItsName() throws Exception {
    try (KeyRouter router = routed(seen, "import = allow")) {
      WrappedKey wrapped = router.pass(Access.NONE, KEY, new KeyCall.Wrap(CONTEXT, new byte[32]));
      backend.fault = FakeBackend.Fault.failing(Reason.DENIED, "no");
      backend.knowsIdentities = false;
      byte[] bytes = new byte[32];
      Set<Purpose> encrypt = Set.of(Purpose.ENCRYPT);
      List<String> messages = new ArrayList<>();
      Stream.<Executable>of(
              () -> router.list(Access.NONE, "hsm"),
              () -> router.describe(Access.NONE, KEY),
              () -> router.identity(Access.NONE, KEY),
              () -> router.administration(Access.NONE).create(KEY, KeySpec.AES_256, encrypt),
              () ->
                  router
                      .administration(Access.NONE)
                      .importKey(KEY, KeySpec.AES_256, encrypt, bytes),
              () -> router.administration(Access.NONE).rotate(KEY),
              () -> router.administration(Access.NONE).rotateEvery(KEY, Duration.ofDays(90)),
              () -> router.administration(Access.NONE).disable(KEY),
              () -> router.administration(Access.NONE).enable(KEY),
              () -> router.administration(Access.NONE).scheduleDestruction(KEY, Duration.ofDays(7)),
              () -> router.administration(Access.NONE).cancelDestruction(KEY),
              () -> router.administration(Access.NONE).purge(KEY, false),
              () -> router.administration(Access.NONE).passwordProtection("hsm"),
              () -> router.administration(Access.NONE).protectAnew("hsm", Optional.empty()),
              () -> router.administration(Access.NONE).rename(KEY, "other"),
              () -> router.administration(Access.NONE).unname(KEY),
              () -> router.pass(Access.NONE, KEY, new KeyCall.WrapKey(KeyWrap.KW, bytes)),
              () -> router.pass(Access.NONE, KEY, new KeyCall.Wrap(CONTEXT, bytes)),
              () -> router.pass(Access.NONE, KEY, new KeyCall.UnwrapKey(KeyWrap.KW, bytes)),
              () -> router.pass(Access.NONE, KEY, new KeyCall.Unwrap(wrapped, CONTEXT)),
              () -> router.pass(Access.NONE, KEY, new KeyCall.Mac("HmacSHA256", bytes)),
              () -> router.publicKey(Access.NONE, KEY),
              () ->
                  router.pass(
                      Access.NONE,
                      KEY,
                      new KeyCall.Sign(SignatureAlgorithm.ecdsa("SHA-256"), bytes)),
              () ->
                  router.pass(
                      Access.NONE, KEY, new KeyCall.Decrypt(RsaPadding.PKCS1, bytes, bytes)),
              () -> router.pass(Access.NONE, KEY, new KeyCall.Agree(bytes)),
              () -> router.pass(Access.NONE, KEY, new KeyCall.Decapsulate(bytes)),
              () -> router.administration(Access.NONE).certificates(KEY),
              () -> router.administration(Access.NONE).keepCertificates(KEY, List.of()),
              () -> router.random(Access.NONE, "hsm", 1))
          .forEach(
              use -> {
                try {
                  use.execute();
                } catch (Throwable e) {
                  assertEquals(BackendException.class, e.getClass());
                  messages.add(e.getMessage());
                }
              });
      List<String> operations =
          seen.take().stream().skip(1).map(line -> line.substring(0, line.indexOf(' '))).toList();
      assertEquals(Stream.of(KeyOperation.values()).map(KeyOperation::id).toList(), operations);
      String at = " with key orders at backend hsm (fake): ";
      for (String words :
          List.of(
              "describe",
              "set the rotation",
              "wrap a key (KW)",
              "unwrap a key (KW)",
              "HmacSHA256",
              "sign (SHA256withECDSA)",
              "decrypt (PKCS1)",
              "agree on a key")) {
        assertTrue(
            messages.stream().anyMatch(message -> message.startsWith(words + at)),
            words + " is not in " + messages);
      }
      assertTrue(messages.contains("list keys at backend hsm (fake): no"), messages.toString());
    }
  }

  private KeyRouter routed(Observer observer, String... options)
      throws IOException, BackendException {
    Path file = folder.resolve("keyhold.properties");
    StringBuilder text = new StringBuilder("backend.hsm.type = fake\nkey.* = hsm\n");
    for (String option : options) {
      text.append("backend.hsm.").append(option).append('\n');
    }
    if (Stream.of(options).noneMatch(option -> option.startsWith("deadline"))) {
      text.append("backend.hsm.deadline = 60s\n");
    }
    Files.writeString(file, text);
    FakeBackend.Factory factory = new FakeBackend.Factory();
    KeyRouter router =
        new KeyRouter(
            Configuration.read(file, Map.of(), Map.of("fake", factory)), Observers.of(observer));
    backend = factory.made.get("hsm");
    backend.create(new KeyRequest(KEY.key(), KeySpec.AES_256, Set.of(Purpose.ENCRYPT)));
    return router;
  }

  private abstract static class Quiet implements Observer {
    @Override
    public void breakerChanged(String name, BreakerState state) {}

    @Override
    public void renewed(Renewal renewal) {}

    @Override
    public void counting(CacheCounts counts) {}

    @Override
    public void close() {}
  }

  private abstract static class QuietUse implements Observer.Use {
    @Override
    public void retried(int attempt, Outcome why) {}

    @Override
    public void ended(Outcome outcome, int attempts) {}
  }
}
