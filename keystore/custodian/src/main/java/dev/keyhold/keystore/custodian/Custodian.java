package dev.keyhold.keystore.custodian;

import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.kit.Interrupts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One custodian, by its URL: what is sent to it, and what comes back. Thread-safe. */
final class Custodian {
  private static final int MAX_ANSWER = 2 << 20;
  private static final int LENGTH = 4;
  private static final int OK = 200;

  private final URI url;
  private final HttpClients clients;

  /** What stands behind it, once it has told. */
  private volatile Behind behind;

  Custodian(URI url, HttpClients clients) {
    this.url = url;
    this.clients = clients;
  }

  /**
   * Makes a request.
   *
   * @param json the text before which its length goes
   * @param secret what follows it; not kept, not changed
   */
  Answer post(String operation, String json, byte[] secret, Duration time) throws BackendException {
    byte[] text = json.getBytes(StandardCharsets.UTF_8);
    byte[] body =
        ByteBuffer.allocate(LENGTH + text.length + secret.length)
            .putInt(text.length)
            .put(text)
            .put(secret)
            .array();
    try {
      return exchange(
          HttpRequest.newBuilder(url.resolve("/v1/" + operation))
              .header("Content-Type", "application/octet-stream")
              .POST(BodyPublishers.ofByteArray(body)),
          time,
          Answer::split);
    } finally {
      Arrays.fill(body, (byte) 0);
    }
  }

  /**
   * Returns what stands behind it, which is asked once.
   *
   * @param type that the configuration says
   */
  Behind behind(String type, Duration time) throws BackendException {
    Behind known = behind;
    if (known != null) {
      return known;
    }
    Behind told =
        exchange(
            HttpRequest.newBuilder(url.resolve("/v1/backend")).GET(),
            time,
            body -> Behind.read(JsonReader.object(ByteBuffer.wrap(body))));
    if (!told.type().equals(type)) {
      throw new BackendException(
          Reason.MISCONFIGURED,
          "the custodian %s stands before a backend of type %s, and the configuration says fronts = %s"
              .formatted(url, Errors.printable(told.type()), type));
    }
    behind = told;
    return told;
  }

  /** Reads the body of a successful answer. */
  private interface Reading<T> {
    T of(byte[] body) throws MalformedException;
  }

  private <T> T exchange(HttpRequest.Builder request, Duration time, Reading<T> reading)
      throws BackendException {
    HttpClient client = clients.current();
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request.build(), BoundedBody.atMost(MAX_ANSWER));
    try {
      HttpResponse<byte[]> got = answer.get(time.toNanos(), TimeUnit.NANOSECONDS);
      return read(got, reading);
    } catch (InterruptedException e) {
      throw Interrupts.waitingFor("the custodian " + url, e);
    } catch (TimeoutException e) {
      clients.retire(client);
      throw failures().noAnswer(time, e);
    } catch (ExecutionException e) {
      if (failures().isOfConnection(e.getCause())) {
        clients.retire(client);
      }
      throw failures().of(e.getCause());
    } finally {
      answer.cancel(true);
    }
  }

  private Failures failures() {
    return new Failures(url, clients);
  }

  private <T> T read(HttpResponse<byte[]> got, Reading<T> reading) throws BackendException {
    byte[] body = got.body();
    try {
      if (got.statusCode() == OK) {
        return reading.of(body);
      }
      if (body.length == 0 || (body[0] != 0 && body[0] != '{')) {
        throw failures().otherServer(got.statusCode());
      }
      throw Errors.of(url.toString(), got.statusCode(), errorFields(body));
    } catch (MalformedException e) {
      throw failures().malformed(got.statusCode(), e);
    }
  }

  /** Also of an answer that has no length before its JSON, as those about signed texts. */
  private static Fields errorFields(byte[] body) throws MalformedException {
    if (body[0] == '{') {
      return JsonReader.object(ByteBuffer.wrap(body));
    }
    Answer answer = Answer.split(body);
    answer.requireNoSecret();
    return answer.fields();
  }

  URI url() {
    return url;
  }

  @Override
  public String toString() {
    return url.toString();
  }
}
