package dev.keyhold.keystore.awskms;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.keyhold.keystore.Backend;
import java.io.IOException;
import java.io.UncheckedIOException;
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

/**
 * AWS KMS's JSON protocol over HTTP, answering each action as it was told. Thread-safe, but for
 * what a test sets before its calls.
 */
final class KmsStub implements AutoCloseable {
  static final String ARN = "arn:aws:kms:eu-west-1:111122223333:key/";
  static final String SECRET = "wJalrXUtnFEMI-not-for-messages";

  /** By action; of a second page, with " 2" behind it. */
  final Map<String, String> answers = new ConcurrentHashMap<>();

  /** The actions that were asked for, and the bodies of those requests. */
  final List<String> calls = Collections.synchronizedList(new ArrayList<>());

  final List<String> bodies = Collections.synchronizedList(new ArrayList<>());
  final List<String> signers = Collections.synchronizedList(new ArrayList<>());

  /** Of all but DescribeKey: hang, reset, half, or a status, a code and a message. */
  volatile String fault = "";

  /** The same, of one action each. */
  final Map<String, String> faults = new ConcurrentHashMap<>();

  /** The action after which no key can be described any more. */
  volatile String unreadableAfter = "";

  /** The action after which the fault of DescribeKey is over. */
  volatile String namedAfter = "";

  /** Wanted at once before any DescribeKey is answered. */
  volatile CountDownLatch together = new CountDownLatch(0);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch end = new CountDownLatch(1);
  private final HttpServer server;

  private KmsStub(HttpServer server) {
    this.server = server;
  }

  static KmsStub start() {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      KmsStub stub = new KmsStub(server);
      server.setExecutor(stub.threads);
      server.createContext("/", stub::answer);
      server.start();
      System.setProperty("aws.accessKeyId", "AKIAIOSFODNN7EXAMPLE");
      System.setProperty("aws.secretAccessKey", SECRET);
      stub.key("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");
      stub.answers.put("Encrypt", "{\"CiphertextBlob\":\"AQID\",\"KeyId\":\"" + ARN + "k\"}");
      stub.answers.put("Decrypt", "{\"Plaintext\":\"AQID\",\"KeyId\":\"" + ARN + "k\"}");
      return stub;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A backend on this stub. */
  Backend backend(Duration timeout) {
    return backend(Optional.empty(), List.of(), timeout, Duration.ofSeconds(60));
  }

  Backend backend(
      Optional<String> profile, List<String> grantTokens, Duration timeout, Duration aliasAge) {
    return new AwsKmsBackend(
        new AwsKmsOptions(
            Optional.of("eu-west-1"),
            Optional.of(URI.create("http://127.0.0.1:" + server.getAddress().getPort())),
            profile,
            Optional.empty(),
            grantTokens,
            true,
            timeout,
            Duration.ofSeconds(2),
            aliasAge));
  }

  /** What all names mean from now on. */
  void key(String spec, String usage) {
    key("k", spec, usage);
  }

  void key(String id, String spec, String usage) {
    answers.put("DescribeKey", described(id, spec, usage));
  }

  static String described(String id, String spec, String usage) {
    return "{\"KeyMetadata\":{\"KeyId\":\"%s\",\"Arn\":\"%s%s\",\"KeySpec\":\"%s\",\"KeyUsage\":\"%s\",\"KeyState\":\"Enabled\"}}"
        .formatted(id, ARN, id, spec, usage);
  }

  /** How often an action was asked for. */
  int count(String action) {
    return Collections.frequency(calls, action);
  }

  /** The body of the last request for an action. */
  String body(String action) {
    return bodies.get(calls.lastIndexOf(action));
  }

  private void answer(HttpExchange exchange) throws IOException {
    String action = exchange.getRequestHeaders().getFirst("X-Amz-Target").split("\\.", 2)[1];
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    synchronized (calls) {
      calls.add(action);
      bodies.add(body);
      signers.add(exchange.getRequestHeaders().getFirst("Authorization"));
    }
    String text = answers.getOrDefault(action, "{}");
    int status = 200;
    String wrong = faults.getOrDefault(action, action.equals("DescribeKey") ? "" : fault);
    if (action.equals("DescribeKey") && calls.contains(namedAfter)) {
      wrong = "";
    }
    if (!wrong.isEmpty()) {
      switch (wrong) {
        case "hang" -> {
          await(end);
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
          await(end);
          return;
        }
        default -> {
          String[] parts = wrong.split(" ", 3);
          status = Integer.parseInt(parts[0]);
          text = "{\"__type\":\"%s\",\"message\":\"%s\"}".formatted(parts[1], parts[2]);
        }
      }
    }
    if (action.equals("DescribeKey")) {
      together.countDown();
      await(together);
      if (calls.contains(unreadableAfter)) {
        status = 500;
        text = "{\"__type\":\"KMSInternalException\",\"message\":\"later\"}";
      }
    }
    if (body.contains("page-2")) {
      text = answers.getOrDefault(action + " 2", text);
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("x-amzn-RequestId", "request-4711");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    end.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
