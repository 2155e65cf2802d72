package dev.keyhold.keystore.custodian;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyRequest;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.Macs;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Custodians that are away, slow, broken, or none. */
class CustodianFaultsTest extends CustodianTestBase {
  private static final byte[] SECRET = "secret".getBytes(StandardCharsets.UTF_8);

  private static byte[] mac(Backend backend) throws BackendException {
    return backend.require(Macs.class).mac("macs", "HmacSHA256", DATA_KEY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "[]",
        "{\"leaf\":1}",
        "{\"leaf\":{\"origin\":\"o\",\"index\":-1,\"hash\":\"AAAA\"}}",
        "{\"hold\":\"5m\",\"hold\":\"5m\"}",
        "{\"hold\":null}",
        "{\"other\":\"x\"}",
        "{} ,",
        "{\"hold\":\"\\ud800\"}",
        "{\"hold\":\"\u0001\"}",
        "{\"index\":1.5}"
      })
  void anAnswerThatIsNotOfTheWireIsRefused(String json) {
    custodian.answer((exchange, request) -> TestCustodian.ok(exchange, json, "secret"));
    BackendException failure = assertFails(Reason.MISCONFIGURED, () -> mac(backend()));
    assertFalse(failure.getMessage().contains("secret"), failure.getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 4, 5})
  void anAnswerWithoutItsJsonIsRefused(int length) {
    byte[] body = java.util.Arrays.copyOf(TestCustodian.framed("{}", ""), length);
    custodian.answer((exchange, request) -> TestCustodian.send(exchange, 200, body));
    assertFails(Reason.MISCONFIGURED, () -> mac(backend()));
  }

  @Test
  void anAnswerThatIsTooLongIsNotRead() {
    custodian.answer(
        (exchange, request) -> TestCustodian.send(exchange, 200, new byte[(2 << 20) + 1]));
    BackendException failure = assertFails(Reason.MISCONFIGURED, () -> mac(backend()));
    assertTrue(failure.getMessage().contains("2 MiB"), failure.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"302, MISCONFIGURED", "404, MISCONFIGURED", "502, UNAVAILABLE", "200, MISCONFIGURED"})
  void whatAnotherServerSaysIsNoAnswer(int status, Reason reason) {
    custodian.answer(
        (exchange, request) -> {
          exchange.getResponseHeaders().add("Location", custodian.url() + "/v1/other");
          TestCustodian.send(exchange, status, "<html>".getBytes(StandardCharsets.UTF_8));
        });
    assertFails(reason, () -> mac(backend()));
    assertEquals(1, custodian.received().size());
  }

  @Test
  void anErrorWithAnotherStatusIsRefused() {
    custodian.answer((exchange, request) -> TestCustodian.error(exchange, 503, "denied", "no"));
    assertFails(Reason.MISCONFIGURED, () -> mac(backend()));
  }

  @Test
  void aConnectionThatIsCutIsUnavailable() throws Exception {
    Backend backend = backend();
    custodian.answer(
        (exchange, request) -> TestCustodian.cut(exchange, TestCustodian.framed("{}", "secr")));
    assertFails(Reason.UNAVAILABLE, () -> mac(backend));
    custodian.answer(TestCustodian::normal);
    assertArrayEquals(SECRET, mac(backend));
  }

  @Test
  void noAnswerInTimeIsUnavailableAndTheNextCallHasAnAnswer() throws Exception {
    Map<String, String> options = options();
    options.put("deadline", "2s");
    Backend backend = backend(options);
    mac(backend);
    CountDownLatch over = new CountDownLatch(1);
    custodian.answer(
        (exchange, request) -> {
          try {
            over.await(60, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    BackendException failure = assertFails(Reason.UNAVAILABLE, () -> mac(backend));
    assertTrue(failure.getMessage().contains("no answer"), failure.getMessage());
    over.countDown();
    custodian.answer(TestCustodian::normal);
    assertArrayEquals(SECRET, mac(backend));
  }

  @Test
  void anInterruptEndsACall() throws Exception {
    Backend backend = backend();
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    custodian.answer(
        (exchange, request) -> {
          asked.countDown();
          try {
            over.await(60, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    AtomicReference<Exception> ended = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                mac(backend);
              } catch (BackendException e) {
                ended.set(e);
              }
            });
    caller.start();
    assertTrue(asked.await(60, TimeUnit.SECONDS));
    caller.interrupt();
    caller.join(60_000);
    over.countDown();
    assertEquals(Reason.UNAVAILABLE, ((BackendException) ended.get()).reason());
  }

  @Test
  void theNextCustodianIsAskedAndAskedFirstFromThenOn() throws Exception {
    TestCustodian second = another();
    Map<String, String> options = options();
    options.put("url", custodian.url() + ", " + second.url());
    Backend backend = backend(options);
    mac(backend);
    assertEquals(0, second.received().size());
    custodian.answer(
        (exchange, request) -> TestCustodian.error(exchange, 503, "unavailable", "disk"));
    assertArrayEquals(SECRET, mac(backend));
    assertArrayEquals(SECRET, mac(backend));
    assertEquals(2, custodian.received().size());
    assertEquals(2, second.received().size());
    second.close();
    BackendException failure = assertFails(Reason.UNAVAILABLE, () -> mac(backend));
    assertTrue(failure.getMessage().contains(custodian.url()), failure.getMessage());
    assertTrue(failure.getMessage().contains(second.url()), failure.getMessage());
  }

  @Test
  void aDenialIsNotTakenToAnotherCustodian() throws Exception {
    TestCustodian second = another();
    Map<String, String> options = options();
    options.put("url", custodian.url() + "," + second.url());
    custodian.answer((exchange, request) -> TestCustodian.error(exchange, 403, "denied", "no"));
    assertFails(Reason.DENIED, () -> mac(backend(options)));
    assertEquals(0, second.received().size());
  }

  @Test
  void aChangeIsMadeOnceUnlessItWasCertainlyNotMade() throws Exception {
    TestCustodian second = another();
    Map<String, String> options = options();
    options.put("url", custodian.url() + "," + second.url());
    Backend backend = backend(options);
    KeyRequest request = new KeyRequest("orders", KeySpec.AES_256, Set.of(Purpose.ENCRYPT));
    custodian.answer(
        (exchange, asked) -> TestCustodian.cut(exchange, TestCustodian.framed("{}", "")));
    assertFails(Reason.UNAVAILABLE, () -> backend.require(KeyMaking.class).create(request));
    assertEquals(0, second.received().size());
    custodian.answer(
        (exchange, asked) -> TestCustodian.error(exchange, 503, "unavailable", "disk"));
    assertEquals("orders", backend.require(KeyMaking.class).create(request).name());
    assertEquals(1, second.received().size());
  }

  @Test
  void aCustodianThatIsAwayIsPassedOver() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Map<String, String> options = options();
    options.put("url", "https://127.0.0.1:" + port + "," + custodian.url());
    assertEquals(
        "orders",
        backend(options)
            .require(KeyMaking.class)
            .create(new KeyRequest("orders", KeySpec.AES_256, Set.of(Purpose.ENCRYPT)))
            .name());
  }
}
