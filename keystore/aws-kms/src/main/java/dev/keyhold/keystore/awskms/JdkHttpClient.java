package dev.keyhold.keystore.awskms;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
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
 * that says nothing, or says it slowly. It never sends a request twice. Thread-safe.
 */
final class JdkHttpClient implements SdkHttpClient {
  /** Headers that the JDK's client sets by itself. */
  private static final Set<String> OWN_HEADERS =
      Set.of("connection", "content-length", "expect", "host", "upgrade");

  private final HttpClient client;
  private final Duration timeout;

  JdkHttpClient(Duration connectTimeout, Duration timeout) {
    this.timeout = timeout;
    this.client =
        HttpClient.newBuilder()
            .version(Version.HTTP_1_1)
            .followRedirects(Redirect.NEVER)
            .connectTimeout(connectTimeout)
            .build();
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    return new Exchange(request);
  }

  @Override
  public String clientName() {
    return "JdkHttp";
  }

  /** Connections close by themselves; nothing of a request that has ended is kept. */
  @Override
  public void close() {}

  private final class Exchange implements ExecutableHttpRequest {
    private final HttpExecuteRequest request;
    private volatile CompletableFuture<HttpResponse<byte[]>> answer;

    Exchange(HttpExecuteRequest request) {
      this.request = request;
    }

    @Override
    public HttpExecuteResponse call() throws IOException {
      byte[] body = body();
      try {
        answer = client.sendAsync(toJdk(body), BodyHandlers.ofByteArray());
        return toSdk(answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw (IOException) new InterruptedIOException("interrupted").initCause(e);
      } catch (TimeoutException e) {
        throw new HttpTimeoutException("no answer within " + timeout.toMillis() + " ms");
      } catch (ExecutionException e) {
        throw failure(e.getCause());
      } finally {
        abort();
        Arrays.fill(body, (byte) 0);
      }
    }

    /** Its own message is lost with a stack trace of another thread: often it has none. */
    private IOException failure(Throwable cause) {
      if (cause instanceof ConnectException) {
        return new IOException("can't connect to " + request.httpRequest().host(), cause);
      }
      return cause instanceof IOException io ? io : new IOException(String.valueOf(cause), cause);
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
      sdk.forEachHeader(
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
      AbortableInputStream body = AbortableInputStream.create(new ErasedAfterwards(answer.body()));
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
