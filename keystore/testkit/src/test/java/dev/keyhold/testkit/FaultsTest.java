package dev.keyhold.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.KeyholdGenParameterSpec;
import dev.keyhold.KeyholdKey;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.ProviderException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.spec.GCMParameterSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** Each fault, as an application meets it. */
@Timeout(60)
class FaultsTest {
  private static final byte[] PLAIN = {1, 2, 3};

  private final KeyholdTest keyhold =
      KeyholdTest.create()
          .alias("orders")
          .alias("others")
          .property("key.*", "memory")
          .property("backend.memory.deadline", "30s")
          .build();
  private final Faults faults = keyhold.faults("memory");
  private final Calls calls = keyhold.calls("memory");
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private Key orders;

  @BeforeEach
  void takeKey() throws Exception {
    orders = keyhold.key("orders");
    calls.reset();
  }

  @AfterEach
  void close() {
    keyhold.close();
    threads.shutdownNow();
  }

  @Test
  void withoutFaultsAnObjectIsOneCallEachWay() throws Exception {
    assertArrayEquals(PLAIN, open(seal(orders)));
    assertEquals(1, calls.count(Operation.WRAP, "orders"));
    assertEquals(1, calls.count(Operation.UNWRAP, "orders"));
    assertEquals(2, calls.count());
  }

  @Test
  void anOutageLastsUntilItEnds() throws Exception {
    byte[] object = seal(orders);
    Fault outage = faults.unavailable();
    assertEquals(Reason.UNAVAILABLE, reason(ProviderException.class, () -> open(object)));
    assertEquals(Reason.UNAVAILABLE, reason(ProviderException.class, () -> seal(orders)));
    outage.end();
    assertArrayEquals(PLAIN, open(object));
    assertEquals(8, outage.struck());
  }

  @Test
  void aFaultStrikesAsOftenAsItIsTold() throws Exception {
    Fault outage = faults.unavailable().times(3);
    seal(orders);
    assertEquals(3, outage.struck());
    assertEquals(4, calls.count(Operation.WRAP));
  }

  @Test
  void throttlingIsTriedAgain() throws Exception {
    faults.throttled().times(1);
    seal(orders);
    assertEquals(2, calls.count(Operation.WRAP));
  }

  @Test
  void denialIsNotTriedAgain() {
    faults.denied();
    assertEquals(Reason.DENIED, reason(InvalidKeyException.class, () -> seal(orders)));
    assertEquals(1, calls.count());
  }

  @Test
  void aFaultOfOneKeyLeavesTheOthers() throws Exception {
    faults.ofKey("orders").on(Operation.WRAP, Operation.UNWRAP).denied();
    Key others = keyhold.key("others");
    assertArrayEquals(PLAIN, crypt(Cipher.DECRYPT_MODE, others, seal(others)));
    assertThrows(InvalidKeyException.class, () -> seal(orders));
    keyhold.key("orders"); // DESCRIBE is no use of it
  }

  @Test
  void anAnswerThatIsTooSlowIsNotTriedAgain() {
    faults.slow();
    assertEquals(Reason.UNAVAILABLE, reason(ProviderException.class, () -> seal(orders)));
    assertEquals(1, calls.count());
  }

  @Test
  void aChangeWhoseAnswerIsLostWasMade() throws Exception {
    faults.on(Operation.CREATE).answersLost();
    KeyGenerator generator = KeyGenerator.getInstance("AES", keyhold.provider());
    generator.init(new KeyholdGenParameterSpec.Builder("new").build());
    assertEquals("new", ((KeyholdKey) generator.generateKey()).alias(), "it is looked for");
    assertEquals("new", keyhold.keys("memory").describe("new").name());
    assertEquals(1, calls.count(Operation.CREATE, "new"));
  }

  @Test
  void aCallThatHangsGoesOnWhenItIsReleased() throws Exception {
    Fault hanging = faults.on(Operation.WRAP).hanging();
    Future<byte[]> sealed = threads.submit(() -> seal(orders));
    hanging.awaitStruck();
    assertFalse(sealed.isDone());
    hanging.end();
    assertArrayEquals(PLAIN, open(sealed.get()));
    assertEquals(1, calls.count(Operation.WRAP));
  }

  @Test
  void theEndOfTheTestLetsGoOfWhatHangs() throws Exception {
    Fault hanging = faults.hanging();
    Future<byte[]> sealed = threads.submit(() -> seal(orders));
    hanging.awaitStruck();
    keyhold.close();
    try {
      sealed.get();
    } catch (ExecutionException e) {
      assertInstanceOf(ProviderException.class, e.getCause()); // closed before it was answered
    }
  }

  @Test
  void whatHangsPastItsDeadlineIsGivenUp() throws Exception {
    try (KeyholdTest hasty =
        KeyholdTest.create().alias("orders").property("backend.memory.deadline", "500ms").build()) {
      Key key = hasty.key("orders");
      Fault hanging = hasty.faults("memory").on(Operation.WRAP).hanging();
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", hasty.provider());
      BackendException failure =
          failure(ProviderException.class, () -> cipher.init(Cipher.ENCRYPT_MODE, key));
      assertTrue(failure.getMessage().contains("no answer within 500 ms"), failure.getMessage());
      assertEquals(1, hanging.struck());
    }
  }

  @Test
  void whereTheBackendIsNotRemoteNothingIsTriedAgain() throws Exception {
    try (KeyholdTest local =
        KeyholdTest.create().alias("orders").property("backend.memory.remote", "false").build()) {
      Key key = local.key("orders");
      local.faults("memory").on(Operation.WRAP).unavailable().times(1);
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", local.provider());
      assertThrows(ProviderException.class, () -> cipher.init(Cipher.ENCRYPT_MODE, key));
      assertEquals(1, local.calls("memory").count(Operation.WRAP));
    }
  }

  @Test
  void ofTwoFaultsTheOneThatWasToldFirstStrikes() {
    Fault first = faults.failing(Reason.MISCONFIGURED, "no such ring").times(1);
    Fault second = faults.denied();
    assertEquals(Reason.MISCONFIGURED, reason(InvalidKeyException.class, () -> seal(orders)));
    assertEquals(Reason.DENIED, reason(InvalidKeyException.class, () -> seal(orders)));
    assertEquals(1, first.struck());
    assertEquals(1, second.struck());
  }

  @Test
  void aLimitIsNotExceededByManyThreads() throws Exception {
    Fault denial = faults.denied().times(10);
    Future<?>[] uses = new Future<?>[40];
    for (int i = 0; i < uses.length; i++) {
      uses[i] = threads.submit(() -> seal(orders));
    }
    int denied = 0;
    for (Future<?> use : uses) {
      try {
        use.get();
      } catch (ExecutionException e) {
        assertInstanceOf(InvalidKeyException.class, e.getCause());
        denied++;
      }
    }
    assertEquals(10, denied);
    assertEquals(10, denial.struck());
    assertEquals(40, calls.count(Operation.WRAP, "orders"));
  }

  @Test
  void aFaultThatNeverStrikesIsRefused() {
    Fault fault = faults.unavailable();
    assertThrows(IllegalArgumentException.class, () -> fault.times(0));
  }

  private byte[] seal(Key key) throws Exception {
    return crypt(Cipher.ENCRYPT_MODE, key, PLAIN);
  }

  private byte[] open(byte[] object) throws Exception {
    return crypt(Cipher.DECRYPT_MODE, orders, object);
  }

  private byte[] crypt(int mode, Key key, byte[] input) throws Exception {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", keyhold.provider());
    cipher.init(mode, key, new GCMParameterSpec(128, new byte[12]));
    return cipher.doFinal(input);
  }

  private static Reason reason(Class<? extends Exception> type, Executable use) {
    return failure(type, use).reason();
  }

  private static BackendException failure(Class<? extends Exception> type, Executable use) {
    return assertInstanceOf(BackendException.class, assertThrows(type, use).getCause());
  }
}
