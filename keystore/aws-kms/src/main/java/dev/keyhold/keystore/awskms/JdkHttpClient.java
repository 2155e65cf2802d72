package dev.keyhold.keystore.awskms;

import dev.keyhold.keystore.BackendException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpRequest;

/**
 * The JDK's HTTP client, for the SDK. Unlike those that come with the SDK, a request ends when its
 * thread is interrupted, and its timeout holds for the whole answer: no thread waits for a server
 * that says nothing, or says it slowly. It never sends a request twice. After a request that got no
 * answer, the next one has a connection of its own. Thread-safe.
 */
final class JdkHttpClient implements SdkHttpClient {
  /** Headers that the JDK's client sets by itself. */
  private static final Set<String> OWN_HEADERS =
      Set.of("connection", "content-length", "expect", "host", "upgrade");

  private static final int REDIRECTION = 300;
  private static final int PROXY_AUTHENTICATION = 407;
  private static final int NOT_IMPLEMENTED = 501; // by emulators

  private final RenewedClients clients;
  private final Duration timeout;

  JdkHttpClient(Duration connectTimeout, Duration timeout) {
    this.timeout = timeout;
    this.clients = new RenewedClients(connectTimeout);
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    return new Exchange(request);
  }

  @Override
  public String clientName() {
    return "JdkHttp";
  }

  @Override
  public void close() {
    clients.close();
  }

  private final class Exchange implements ExecutableHttpRequest {
    private final HttpExecuteRequest request;
    private volatile CompletableFuture<HttpResponse<byte[]>> answer;

    Exchange(HttpExecuteRequest request) {
      this.request = request;
    }

    @Override
    public HttpExecuteResponse call() throws IOException {
      RenewedClients.Lease lease = lease();
      byte[] body = body();
      try {
        answer = lease.client().sendAsync(toJdk(body), BodyHandlers.ofByteArray());
        HttpResponse<byte[]> got = answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        if (got.statusCode() == PROXY_AUTHENTICATION) {
          throw failures().proxyAuthentication();
        }
        if (isOfAnother(got)) {
          throw failures().otherServer(got.statusCode());
        }
        return toSdk(got);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw (IOException) new InterruptedIOException("interrupted").initCause(e);
      } catch (TimeoutException e) {
        clients.retire(lease);
        throw failures().noAnswer(new HttpTimeoutException("after " + timeout.toMillis() + " ms"));
      } catch (ExecutionException e) {
        clients.retire(lease);
        throw failures().of(e.getCause());
      } finally {
        abort();
        Arrays.fill(body, (byte) 0);
      }
    }

    /** Returns whether an error is of a proxy or load balancer, as their pages tell. */
    private static boolean isOfAnother(HttpResponse<byte[]> got) {
      boolean error = got.statusCode() >= REDIRECTION && got.statusCode() != NOT_IMPLEMENTED;
      if (!error || got.headers().firstValue("x-amzn-requestid").isPresent()) {
        return false;
      }
      String type = got.headers().firstValue("content-type").orElse("").toLowerCase(Locale.ROOT);
      boolean empty = got.body() == null || got.body().length == 0;
      return empty || type.startsWith("text/html") || type.startsWith("text/plain");
    }

    private RenewedClients.Lease lease() throws IOException {
      try {
        return clients.current(request.httpRequest().getUri());
      } catch (BackendException e) {
        throw new TransportException(e.getMessage(), true, e);
      }
    }

    private TransportFailures failures() {
      return new TransportFailures(request.httpRequest().getUri(), clients.proxy(), timeout);
    }

    private byte[] body() throws IOException {
      if (request.contentStreamProvider().isEmpty()) {
        return new byte[0];
      }
      try (InputStream in = request.contentStreamProvider().get().newStream()) {
        return in.readAllBytes();
      }
    }

    private HttpRequest toJdk(byte[] body) {
      SdkHttpRequest sdk = request.httpRequest();
      HttpRequest.Builder builder =
          HttpRequest.newBuilder(sdk.getUri())
              .method(sdk.method().name(), BodyPublishers.ofByteArray(body));
      sdk.headers()
          .forEach(
              (name, values) -> {
                if (!OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
                  values.forEach(value -> builder.header(name, value));
                }
              });
      return builder.build();
    }

    private static HttpExecuteResponse toSdk(HttpResponse<byte[]> answer) {
      SdkHttpFullResponse.Builder head =
          SdkHttpFullResponse.builder().statusCode(answer.statusCode());
      answer.headers().map().forEach(head::putHeader);
      byte[] bytes = answer.body() == null ? new byte[0] : answer.body();
      AbortableInputStream body = AbortableInputStream.create(new ErasedAfterwards(bytes));
      return HttpExecuteResponse.builder().response(head.build()).responseBody(body).build();
    }

    @Override
    public void abort() {
      CompletableFuture<?> running = answer;
      if (running != null) {
        running.cancel(true);
      }
    }
  }

  /** An answer may hold a data key: its bytes are zeroed when they were read. */
  private static final class ErasedAfterwards extends ByteArrayInputStream {
    ErasedAfterwards(byte[] bytes) {
      super(bytes);
    }

    @Override
    public void close() throws IOException {
      super.close();
      Arrays.fill(buf, (byte) 0);
      pos = count;
    }
  }
}
