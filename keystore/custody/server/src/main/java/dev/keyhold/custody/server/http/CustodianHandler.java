package dev.keyhold.custody.server.http;

import com.google.gson.JsonObject;
import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.charter.Operation;
import dev.keyhold.custody.proof.charter.UseFacts;
import dev.keyhold.custody.server.gate.Gate;
import dev.keyhold.custody.server.gate.GateException;
import dev.keyhold.custody.server.gate.GateException.Kind;
import dev.keyhold.custody.server.gate.KeyService;
import java.nio.ByteBuffer;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Serves one listener. What it reads and writes of secrets it zeroes; buffers of TLS it can't. */
final class CustodianHandler extends Handler.Abstract {
  private static final System.Logger LOG = System.getLogger("dev.keyhold.custody");
  private static final String PREFIX = "/v1/";
  private static final Duration CONNECTION = Duration.ofHours(1);
  private static final int MAX_DRAIN = 1 << 21;

  private final Gate gate;
  private final KeyService service;
  private final Operations operations;
  private final OpenPages pages;
  private final WorkloadLimits limits = new WorkloadLimits();
  private final List<X509Certificate> authorities;
  private final boolean forWorkloads;
  private final String mode;
  private final Duration bodyLimit;
  private final Clock clock;

  /**
   * Creates a handler.
   *
   * @param authorities certificates of CAs, which the charter pins or not
   * @param forWorkloads whether clients have certificates, and may use keys
   * @param mode a word that stands in each answer, or empty
   * @param bodyLimit within which time a body must have come
   */
  CustodianHandler(
      Gate gate,
      KeyService service,
      List<X509Certificate> authorities,
      boolean forWorkloads,
      String mode,
      Duration bodyLimit,
      Clock clock) {
    this.gate = gate;
    this.service = service;
    this.operations = new Operations(service);
    this.pages = new OpenPages(gate, service);
    this.authorities = authorities;
    this.forWorkloads = forWorkloads;
    this.mode = mode;
    this.bodyLimit = bodyLimit;
    this.clock = clock;
  }

  /** A request of Jetty's, on its thread. */
  private record Exchange(Request request, Response response, Callback callback) {
    String path() {
      String path = request.getHttpURI().getCanonicalPath();
      return path == null ? "" : path; // OPTIONS * has none
    }

    boolean isPost() {
      return request.getMethod().equals("POST");
    }
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Exchange exchange = new Exchange(request, response, callback);
    long opened = request.getConnectionMetaData().getConnection().getCreatedTimeStamp();
    if (System.currentTimeMillis() - opened > CONNECTION.toMillis()) {
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
    }
    String path = exchange.path();
    Operation operation = operation(path);
    if (operation != null && forWorkloads) {
      serve(exchange, operation);
    } else {
      servePage(exchange, path);
    }
    return true;
  }

  private static Operation operation(String path) {
    try {
      return path.startsWith(PREFIX) ? Operation.of(path.substring(PREFIX.length())) : null;
    } catch (ProofException e) {
      return null;
    }
  }

  /** What makes a page; null where it comes later. */
  private interface PageSource {
    OpenPages.Page get() throws GateException;
  }

  private void servePage(Exchange exchange, String path) {
    answerPage(
        exchange,
        () -> {
          if (forWorkloads) {
            identity(exchange.request);
          }
          if (path.equals("/v1/backend") && forWorkloads) {
            service.workload(identity(exchange.request));
            return OpenPages.Page.json(200, KeyJson.backend(service.keys()));
          }
          if (path.equals("/v1/statements") && exchange.isPost()) {
            withBody(
                exchange,
                OpenPages.MAX_NOTE,
                note -> answerPage(exchange, () -> pages.post(note)),
                e -> write(exchange, OpenPages.Page.json(e.error().status(), error(e))));
            return null;
          }
          if (exchange.request.getMethod().equals("GET")) {
            return pages.get(path);
          }
          throw new GateException(Kind.NOT_FOUND, "there is no such page, or not by this method");
        });
  }

  private void answerPage(Exchange exchange, PageSource source) {
    OpenPages.Page page;
    try {
      page = source.get();
      if (page != null) {
        write(exchange, page);
      }
    } catch (GateException e) {
      afterBody(exchange, () -> write(exchange, OpenPages.Page.json(e.error().status(), error(e))));
    } catch (RuntimeException e) {
      write(exchange, OpenPages.Page.json(500, error(defect(e))));
    }
  }

  private void write(Exchange exchange, OpenPages.Page page) {
    if (!mode.isEmpty()) {
      exchange.response.getHeaders().put("Keyhold-Mode", mode);
    }
    exchange.response.setStatus(page.status());
    exchange.response.getHeaders().put(HttpHeader.CONTENT_TYPE, page.type());
    exchange.response.write(true, ByteBuffer.wrap(page.body()), exchange.callback);
  }

  private void serve(Exchange exchange, Operation operation) {
    try {
      if (!exchange.isPost()) {
        throw Fields.malformed("operations are sent by POST");
      }
      serve(exchange, operation, identity(exchange.request));
    } catch (GateException e) {
      afterBody(exchange, () -> refuse(exchange, e.error().status(), e));
    } catch (RuntimeException e) {
      refuse(exchange, 500, defect(e));
    }
  }

  private void serve(Exchange exchange, Operation operation, String identity) throws GateException {
    String workload = gate.charter().workloadOf(identity);
    WorkloadLimits.Place place;
    try {
      place = limits.enter(workload == null ? "" : workload);
    } catch (GateException e) {
      UseFacts facts = UseFacts.of(identity, operation, null).build();
      CompletableFuture<Gate.Decided> unused =
          gate.deny(facts, Kind.THROTTLED.word(), e.getMessage());
      throw e;
    }
    boolean reads = false;
    try {
      withBody(
          exchange,
          Operations.maxBody(operation),
          body -> {
            Operations.Answer answer;
            try {
              answer = operations.serve(identity, operation, Frames.read(body));
            } catch (GateException e) {
              afterBody(exchange, () -> refuse(exchange, e.error().status(), e));
              return;
            } catch (RuntimeException e) {
              refuse(exchange, 500, defect(e));
              return;
            } finally {
              Arrays.fill(body, (byte) 0);
              place.close();
            }
            write(exchange, 200, answer);
          },
          e -> {
            place.close();
            refuse(exchange, e.error().status(), e);
          });
      reads = true;
    } finally {
      if (!reads) {
        place.close();
      }
    }
  }

  private void refuse(Exchange exchange, int status, GateException e) {
    write(exchange, status, new Operations.Answer(error(e), new byte[0]));
  }

  private void write(Exchange exchange, int status, Operations.Answer answer) {
    if (!mode.isEmpty()) {
      answer.json().addProperty("mode", mode);
    }
    byte[] body = Frames.write(answer.json(), answer.secret());
    Arrays.fill(answer.secret(), (byte) 0);
    exchange.response.setStatus(status);
    exchange.response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/octet-stream");
    exchange.response.write(
        true,
        ByteBuffer.wrap(body),
        Callback.from(exchange.callback, () -> Arrays.fill(body, (byte) 0)));
  }

  /** Goes on once the body has come, or has not. */
  private void withBody(
      Exchange exchange, int most, Consumer<byte[]> then, Consumer<GateException> otherwise)
      throws GateException {
    CompletableFuture<Void> unused =
        Body.read(exchange.request, most, bodyLimit)
            .handle(
                (body, failure) -> {
                  if (failure == null) {
                    goOn(exchange, () -> then.accept(body));
                  } else {
                    exchange.response.getHeaders().put(HttpHeader.CONNECTION, "close");
                    goOn(exchange, () -> otherwise.accept((GateException) failure));
                  }
                  return null;
                });
  }

  /** Reads what is left of a body, so that the client reads the answer and not a broken pipe. */
  private void afterBody(Exchange exchange, Runnable answer) {
    CompletableFuture<Void> unused =
        Body.drain(exchange.request, MAX_DRAIN, bodyLimit)
            .handle(
                (none, failure) -> {
                  if (failure != null) {
                    exchange.response.getHeaders().put(HttpHeader.CONNECTION, "close");
                  }
                  goOn(exchange, answer);
                  return null;
                });
  }

  private static void goOn(Exchange exchange, Runnable next) {
    try {
      next.run();
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "a request failed by a defect of the custodian", e);
      exchange.callback.failed(e);
    }
  }

  /** Returns who the client is; each time, since charters change and certificates end. */
  private String identity(Request request) throws GateException {
    EndPoint.SslSessionData data =
        request.getConnectionMetaData().getConnection().getEndPoint().getSslSessionData();
    SSLSession session = data == null ? null : data.sslSession();
    if (session == null) {
      throw new GateException(Kind.DENIED, "the connection has no TLS");
    }
    Charter charter = gate.charter();
    try {
      List<X509Certificate> chain = new ArrayList<>();
      for (Certificate certificate : session.getPeerCertificates()) {
        chain.add((X509Certificate) certificate);
      }
      return ClientIdentities.of(session, charter, chain, authorities, clock.instant());
    } catch (SSLPeerUnverifiedException e) {
      throw new GateException(Kind.DENIED, "the client has no certificate");
    }
  }

  private static GateException defect(RuntimeException e) {
    LOG.log(System.Logger.Level.ERROR, "a request failed by a defect of the custodian", e);
    return new GateException(
        Kind.UNAVAILABLE, "the custodian has a defect; its log says more (" + e.getClass() + ")");
  }

  private static JsonObject error(GateException e) {
    JsonObject json = new JsonObject();
    json.addProperty("error", e.error().word());
    json.addProperty("message", e.getMessage());
    e.leaf().ifPresent(leaf -> json.add("leaf", Operations.leaf(leaf)));
    if (!e.code().isEmpty()) {
      json.addProperty("code", e.code());
    }
    if (e.isOutcomeUnknown()) {
      json.addProperty("outcome-unknown", true);
    }
    e.pending()
        .ifPresent(
            use -> {
              json.addProperty("rule", use.decision().rule().number());
              json.addProperty("pending", use.number());
              json.addProperty("ask", use.ask());
            });
    return json;
  }
}
