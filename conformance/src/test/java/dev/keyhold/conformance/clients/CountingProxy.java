package dev.keyhold.conformance.clients;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.keyhold.conformance.AwsEmulator;
import dev.keyhold.conformance.KeyholdConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands before the emulator of AWS KMS, counts what passes, and gives it on with what matters. */
final class CountingProxy {
  private static final List<String> HEADERS =
      List.of("X-Amz-Target", "Content-Type", "Authorization");

  private final URI target;
  private final HttpClient client = HttpClient.newHttpClient();
  private final AtomicInteger signatures = new AtomicInteger();
  private final AtomicInteger all = new AtomicInteger();

  private CountingProxy(URI target) {
    this.target = target;
  }

  static Calls open(Path folder) {
    Map<String, String> options = AwsEmulator.MINISTACK.empty();
    CountingProxy proxy = new CountingProxy(URI.create(options.get("endpoint") + "/"));
    HttpServer server;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ExecutorService threads = Executors.newCachedThreadPool();
    server.setExecutor(threads);
    server.createContext("/", proxy::pass);
    server.start();
    options.put("endpoint", "http://127.0.0.1:" + server.getAddress().getPort());
    return new Calls(
        KeyholdConfig.ofAws(folder, options),
        proxy.signatures::get,
        proxy.all::get,
        () -> {
          server.stop(0);
          threads.shutdownNow();
        });
  }

  private void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
      all.incrementAndGet();
      String operation = exchange.getRequestHeaders().getFirst("X-Amz-Target");
      if (operation != null && operation.endsWith(".Sign")) {
        signatures.incrementAndGet();
      }
      HttpRequest.Builder request =
          HttpRequest.newBuilder(target)
              .POST(BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
      for (String header : HEADERS) {
        request.header(header, exchange.getRequestHeaders().getFirst(header));
      }
      HttpResponse<byte[]> response = client.send(request.build(), BodyHandlers.ofByteArray());
      response
          .headers()
          .firstValue("Content-Type")
          .ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
      exchange.sendResponseHeaders(response.statusCode(), response.body().length);
      exchange.getResponseBody().write(response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
