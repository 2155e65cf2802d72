package dev.keyhold.keystore.awskms;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.SignatureAlgorithm;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.WrappedKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What no emulator does: a stub of the JSON protocol that answers as it is told. */
class AwsKmsFaultsTest {
  private static final String ARN = "arn:aws:kms:eu-west-1:111122223333:key/";
  private static final String SECRET = "wJalrXUtnFEMI-not-for-messages";
  private static final WrapContext CONTEXT = new WrapContext(Map.of("keyhold-binding", "orders"));

  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
  private final List<String> bodies = Collections.synchronizedList(new ArrayList<>());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch end = new CountDownLatch(1);
  private volatile String fault = "";
  private volatile String unreadableAfter = "";
  private HttpServer server;
  private Backend backend;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
    System.setProperty("aws.accessKeyId", "AKIAIOSFODNN7EXAMPLE");
    System.setProperty("aws.secretAccessKey", SECRET);
    backend = backend(Duration.ofSeconds(5));
    key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");
    answers.put("Encrypt", "{\"CiphertextBlob\":\"AQID\",\"KeyId\":\"" + ARN + "k\"}");
    answers.put("Decrypt", "{\"Plaintext\":\"AQID\",\"KeyId\":\"" + ARN + "k\"}");
  }

  @AfterEach
  void stop() {
    end.countDown();
    backend.close();
    server.stop(0);
    threads.shutdownNow();
  }

  private Backend backend(Duration timeout) {
    return new AwsKmsBackend(
        new AwsKmsOptions(
            Optional.of("eu-west-1"),
            Optional.of(URI.create("http://127.0.0.1:" + server.getAddress().getPort())),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            false,
            timeout,
            Duration.ofSeconds(2),
            Duration.ofSeconds(60)));
  }

  private void key(String spec, String usage) {
    answers.put(
        "DescribeKey",
        "{\"KeyMetadata\":{\"KeyId\":\"k\",\"Arn\":\"%sk\",\"KeySpec\":\"%s\",\"KeyUsage\":\"%s\",\"KeyState\":\"Enabled\"}}"
            .formatted(ARN, spec, usage));
  }

  private void answer(HttpExchange exchange) throws IOException {
    String action = exchange.getRequestHeaders().getFirst("X-Amz-Target").split("\\.", 2)[1];
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    calls.add(action);
    bodies.add(body);
    String text = answers.getOrDefault(action, "{}");
    int status = 200;
    if (!fault.isEmpty() && !action.equals("DescribeKey")) {
      switch (fault) {
        case "hang" -> {
          await();
          return;
        }
        case "reset" -> {
          exchange.close();
          return;
        }
        case "half" -> {
          exchange.sendResponseHeaders(200, text.length());
          exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8), 0, 5);
          exchange.getResponseBody().flush();
          await();
          return;
        }
        default -> {
          String[] parts = fault.split(" ", 3);
          status = Integer.parseInt(parts[0]);
          text = "{\"__type\":\"%s\",\"message\":\"%s\"}".formatted(parts[1], parts[2]);
        }
      }
    }
    if (action.equals("DescribeKey") && calls.contains(unreadableAfter)) {
      status = 500;
      text = "{\"__type\":\"KMSInternalException\",\"message\":\"later\"}";
    }
    if (action.equals("ListAliases") && body.contains("page-2")) {
      text = answers.get("ListAliases 2");
    }
    if (action.equals("ListKeys") && body.contains("page-2")) {
      text = answers.get("ListKeys 2");
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("x-amzn-RequestId", "request-4711");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private void await() {
    try {
      end.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private BackendException failureOfWrap(Backend from) {
    return assertThrows(BackendException.class, () -> from.wrap("orders", CONTEXT, new byte[32]));
  }

  @ParameterizedTest
  @CsvSource({
    "400 ThrottlingException Rate exceeded, UNAVAILABLE",
    "500 KMSInternalException try again, UNAVAILABLE",
    "503 DependencyTimeoutException slow, UNAVAILABLE",
    "500 KeyUnavailableException later, UNAVAILABLE",
    "502 Unheard ofThis, UNAVAILABLE",
    "400 AccessDeniedException not authorized, DENIED",
    "409 DisabledException it is disabled, DENIED",
    "409 KMSInvalidStateException is pending deletion, DENIED",
    "409 KMSInvalidStateException the key store is unavailable, UNAVAILABLE",
    "400 NotFoundException gone, NOT_FOUND",
    "400 InvalidCiphertextException x, BAD_CIPHERTEXT",
    "400 IncorrectKeyException x, BAD_CIPHERTEXT",
    "400 InvalidKeyUsageException x, UNSUPPORTED",
    "409 ConflictException busy, DENIED",
    "400 InvalidGrantTokenException x, MISCONFIGURED",
    "400 InvalidSignatureException Signature expired: 20261125T000000Z is now earlier than, MISCONFIGURED",
    "400 UnrecognizedClientException wJalrXUtnFEMI-not-for-messages, MISCONFIGURED",
    "403 SignatureDoesNotMatch wJalrXUtnFEMI-not-for-messages, MISCONFIGURED",
    "400 ExpiredTokenException wJalrXUtnFEMI-not-for-messages, MISCONFIGURED"
  })
  void errorsAreSortedAndTriedOnce(String error, Reason reason) {
    fault = error;
    BackendException e = failureOfWrap(backend);
    assertEquals(reason, e.reason(), e.getMessage());
    assertTrue(e.getMessage().contains("request-4711"), e.getMessage());
    assertEquals(1, Collections.frequency(calls, "Encrypt"));
    for (Throwable t = e; t != null; t = t.getCause()) {
      assertFalse(t.toString().contains(SECRET), t.toString());
    }
    if (error.contains("Signature expired")) {
      assertTrue(e.getMessage().contains("clock"), e.getMessage());
    }
    if (error.contains("AccessDenied")) {
      assertTrue(e.getMessage().contains("kms:Encrypt on " + ARN + "k"), e.getMessage());
    }
  }

  @Test
  void aChangeThatStandsIsToldFromOneThatFailed() throws BackendException {
    unreadableAfter = "RotateKeyOnDemand";
    BackendException e = assertThrows(BackendException.class, () -> backend.rotate("orders"));
    assertEquals(1, Collections.frequency(calls, "RotateKeyOnDemand"));
    assertTrue(e.getMessage().contains("the change was made and stands"), e.getMessage());
    assertTrue(e.getMessage().contains("do not repeat"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"hang", "reset", "half"})
  void aBrokenConnectionIsUnavailableInTime(String what) {
    fault = what;
    try (Backend hasty = backend(Duration.ofSeconds(3))) {
      long start = System.nanoTime();
      assertEquals(Reason.UNAVAILABLE, failureOfWrap(hasty).reason());
      assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(20), "it hung");
      assertEquals(1, Collections.frequency(calls, "Encrypt"));
    }
  }

  @Test
  void anInterruptedCallEnds() throws Exception {
    fault = "hang";
    AtomicReference<BackendException> failure = new AtomicReference<>();
    Thread caller = new Thread(() -> failure.set(failureOfWrap(backend)));
    caller.start();
    for (int i = 0; i < 200 && !calls.contains("Encrypt"); i++) {
      Thread.sleep(20);
    }
    caller.interrupt();
    caller.join(3000);
    assertFalse(caller.isAlive());
    assertEquals(Reason.UNAVAILABLE, failure.get().reason());
    assertTrue(failure.get().getCause() instanceof InterruptedException);
  }

  @Test
  void anObjectIsOneCall() throws Exception {
    for (int i = 0; i < 5; i++) {
      WrappedKey wrapped = backend.wrap("orders", CONTEXT, new byte[32]);
      assertEquals(WrapMechanism.SERVICE, wrapped.mechanism());
      backend.unwrap("orders", wrapped, CONTEXT);
      assertEquals(ARN + "k", backend.identity("orders"));
    }
    assertEquals(5, Collections.frequency(calls, "Encrypt"));
    assertEquals(5, Collections.frequency(calls, "Decrypt"));
    assertEquals(1, Collections.frequency(calls, "DescribeKey"));
    assertEquals(11, calls.size());
    String decrypt = bodies.get(calls.indexOf("Decrypt"));
    assertTrue(decrypt.contains("\"KeyId\":\"" + ARN + "k\""), decrypt);
    assertTrue(decrypt.contains("\"keyhold-binding\":\"orders\""), decrypt);
  }

  @Test
  void everyPageIsListed() throws Exception {
    String alias = "{\"AliasName\":\"alias/%s\",\"TargetKeyId\":\"%s\"}";
    answers.put(
        "ListAliases",
        "{\"Aliases\":[%s,%s],\"Truncated\":true,\"NextMarker\":\"page-2\"}"
            .formatted(alias.formatted("b", "k"), alias.formatted("aws/ebs", "e")));
    answers.put(
        "ListAliases 2",
        "{\"Aliases\":[%s],\"Truncated\":false}".formatted(alias.formatted("a", "l")));
    String entry = "{\"KeyId\":\"%s\",\"KeyArn\":\"" + ARN + "%s\"}";
    answers.put(
        "ListKeys",
        "{\"Keys\":[%s],\"Truncated\":true,\"NextMarker\":\"page-2\"}"
            .formatted(entry.formatted("k", "k")));
    answers.put("ListKeys 2", "{\"Keys\":[%s]}".formatted(entry.formatted("l", "l")));
    assertEquals(List.of("a", "b"), backend.list().stream().map(k -> k.name()).toList());
  }

  @Test
  void mlDsaSignsTheMessageItself() throws Exception {
    key("ML_DSA_65", "SIGN_VERIFY");
    answers.put("Sign", "{\"Signature\":\"AQID\"}");
    byte[] signature = backend.sign("orders", SignatureAlgorithm.ML_DSA, new byte[100]);
    assertArrayEquals(new byte[] {1, 2, 3}, signature);
    String sent = bodies.get(calls.indexOf("Sign"));
    assertTrue(sent.contains("ML_DSA_SHAKE_256") && sent.contains("\"RAW\""), sent);
    BackendException e =
        assertThrows(
            BackendException.class,
            () -> backend.sign("orders", SignatureAlgorithm.ML_DSA, new byte[4097]));
    assertEquals(Reason.UNSUPPORTED, e.reason());
  }

  @Test
  void aMultiRegionKeyHasOneIdentityEverywhere() throws Exception {
    String there = "arn:aws:kms:us-east-1:111122223333:key/mrk-0123";
    String here = "arn:aws:kms:eu-west-1:111122223333:key/mrk-0123";
    assertEquals(Optional.of(here), backend.nameOf(KeyUri.parse("aws-kms:" + there)));
    assertEquals(backend.identity(here), AwsKmsUri.identity(there));
    assertEquals(Optional.of("orders"), backend.nameOf(KeyUri.parse("aws-kms:alias/orders")));
    assertEquals(Optional.of(ARN + "k"), backend.nameOf(KeyUri.parse("aws-kms:" + ARN + "k")));
    assertTrue(
        backend
            .nameOf(KeyUri.parse("aws-kms:" + ARN.replace("eu-west", "us-east") + "k"))
            .isEmpty());
  }
}
