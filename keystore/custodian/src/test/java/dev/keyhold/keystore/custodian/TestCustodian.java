package dev.keyhold.keystore.custodian;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLParameters;

/**
 * Speaks the wire, and breaks it where a test says so: what a real custodian never sends. Its
 * backend is of type software.
 */
final class TestCustodian implements AutoCloseable {
  static final String BACKEND =
      "{\"type\":\"software\",\"keeper\":\"OTHER\",\"facets\":[\"Keks\",\"Macs\",\"KeyMaking\"],"
          + "\"max-mac\":1048576,\"max-sign\":1048576,\"kinds\":[{\"algorithm\":\"AES\",\"bits\":256,"
          + "\"purposes\":[\"ENCRYPT\"]}]}";
  static final String METADATA =
      "{\"name\":\"orders\",\"uri\":\"software:id1\",\"identity\":\"id1\",\"algorithm\":\"AES\","
          + "\"bits\":256,\"purposes\":[\"ENCRYPT\"],\"state\":\"ACTIVE\",\"versions\":[{\"id\":\"1\","
          + "\"state\":\"ACTIVE\",\"created\":\"2026-11-27T22:00:00Z\"}],\"signatures\":[],"
          + "\"paddings\":[],\"protection\":\"\",\"labels\":{},\"mechanism\":1}";

  /** Answers a request of an operation. */
  @FunctionalInterface
  interface Handler {
    void answer(HttpExchange exchange, Received request) throws IOException;
  }

  /** What was asked: the operation, its JSON, what followed it. */
  record Received(String operation, String json, String secret, String client) {}

  private final HttpsServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private volatile Handler handler = TestCustodian::normal;
  private volatile String backend = BACKEND;

  TestCustodian(TestPki pki) throws Exception {
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(pki.serverTls()) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters tls = getSSLContext().getDefaultSSLParameters();
            tls.setNeedClientAuth(true);
            parameters.setSSLParameters(tls);
          }
        });
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return "https://127.0.0.1:" + server.getAddress().getPort();
  }

  void answer(Handler next) {
    handler = next;
  }

  void backend(String json) {
    backend = json;
  }

  /** Returns the uses that were asked for. */
  List<Received> received() {
    return received;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String path = exchange.getRequestURI().getPath();
      if (path.equals("/v1/backend")) {
        send(exchange, 200, backend.getBytes(StandardCharsets.UTF_8));
        return;
      }
      int length = ByteBuffer.wrap(body).getInt();
      Received request =
          new Received(
              path.substring("/v1/".length()),
              new String(body, 4, length, StandardCharsets.UTF_8),
              new String(body, 4 + length, body.length - 4 - length, StandardCharsets.UTF_8),
              client(exchange));
      received.add(request);
      handler.answer(exchange, request);
    }
  }

  private static String client(HttpExchange exchange) {
    try {
      X509Certificate certificate =
          (X509Certificate) ((HttpsExchange) exchange).getSSLSession().getPeerCertificates()[0];
      return certificate.getSubjectAlternativeNames().iterator().next().get(1).toString();
    } catch (Exception e) {
      return e.toString();
    }
  }

  static void normal(HttpExchange exchange, Received request) throws IOException {
    switch (request.operation()) {
      case "describe", "create" -> ok(exchange, "{\"metadata\":" + METADATA + "}", "");
      case "list" -> ok(exchange, "{\"keys\":[" + METADATA + "]}", "");
      case "wrap" ->
          ok(
              exchange,
              "{\"wrapped\":{\"identity\":\"id1\",\"version\":\"1\",\"mechanism\":1,\"bytes\":\"AQID\"},"
                  + "\"leaf\":{\"origin\":\"o/a1\",\"index\":7,\"hash\":\""
                  + "A".repeat(43)
                  + "=\"},\"hold\":\"5m\"}",
              "");
      case "unwrap", "mac" -> ok(exchange, "{}", "secret");
      default -> error(exchange, 422, "unsupported", "no " + request.operation());
    }
  }

  static void ok(HttpExchange exchange, String json, String secret) throws IOException {
    send(exchange, 200, framed(json, secret));
  }

  static void error(HttpExchange exchange, int status, String error, String message)
      throws IOException {
    send(
        exchange,
        status,
        framed("{\"error\":\"" + error + "\",\"message\":\"" + message + "\"}", ""));
  }

  static byte[] framed(String json, String secret) {
    byte[] text = json.getBytes(StandardCharsets.UTF_8);
    byte[] after = secret.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(4 + text.length + after.length)
        .putInt(text.length)
        .put(text)
        .put(after)
        .array();
  }

  static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  /** Ends the connection in the middle of an answer. */
  static void cut(HttpExchange exchange, byte[] body) throws IOException {
    exchange.sendResponseHeaders(200, body.length + 100);
    exchange.getResponseBody().write(Arrays.copyOf(body, body.length));
    exchange.getResponseBody().flush();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
