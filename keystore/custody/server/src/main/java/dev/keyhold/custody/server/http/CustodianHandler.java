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
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
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
  private static final Duration BODY = Duration.ofSeconds(20);
  private static final int MAX_DRAIN = 1 << 21;

  private final Gate gate;
  private final KeyService service;
  private final Operations operations;
  private final OpenPages pages;
  private final WorkloadLimits limits = new WorkloadLimits();
  private final List<X509Certificate> authorities;
  private final boolean forWorkloads;
  private final String mode;
  private final Clock clock;

  /**
   * Creates a handler.
   *
   * @param authorities certificates of CAs, which the charter pins or not
   * @param forWorkloads whether clients have certificates, and may use keys
   * @param mode a word that stands in each answer, or empty
   */
  CustodianHandler(
      Gate gate,
      KeyService service,
      List<X509Certificate> authorities,
      boolean forWorkloads,
      String mode,
      Clock clock) {
    this.gate = gate;
    this.service = service;
    this.operations = new Operations(service);
    this.pages = new OpenPages(gate, service);
    this.authorities = authorities;
    this.forWorkloads = forWorkloads;
    this.mode = mode;
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

  private void servePage(Exchange exchange, String path) {
    OpenPages.Page page;
    try {
      if (forWorkloads) {
        identity(exchange.request);
      }
      if (path.equals("/v1/backend") && forWorkloads) {
        service.workload(identity(exchange.request));
        page = OpenPages.Page.json(200, KeyJson.backend(service.keys()));
      } else if (path.equals("/v1/statements") && exchange.isPost()) {
        page = pages.post(body(exchange.request, OpenPages.MAX_NOTE));
      } else if (exchange.request.getMethod().equals("GET")) {
        page = pages.get(path);
      } else {
        throw new GateException(Kind.NOT_FOUND, "there is no such page, or not by this method");
      }
    } catch (GateException e) {
      drain(exchange.request);
      page = OpenPages.Page.json(e.error().status(), error(e));
    } catch (RuntimeException e) {
      page = OpenPages.Page.json(500, error(defect(e)));
    }
    if (!mode.isEmpty()) {
      exchange.response.getHeaders().put("Keyhold-Mode", mode);
    }
    exchange.response.setStatus(page.status());
    exchange.response.getHeaders().put(HttpHeader.CONTENT_TYPE, page.type());
    exchange.response.write(true, ByteBuffer.wrap(page.body()), exchange.callback);
  }

  private void serve(Exchange exchange, Operation operation) {
    Operations.Answer answer;
    int status = 200;
    try {
      if (!exchange.isPost()) {
        throw Fields.malformed("operations are sent by POST");
      }
      String identity = identity(exchange.request);
      answer = serve(exchange.request, operation, identity);
    } catch (GateException e) {
      status = e.error().status();
      answer = new Operations.Answer(error(e), new byte[0]);
      drain(exchange.request);
    } catch (RuntimeException e) {
      status = 500;
      answer = new Operations.Answer(error(defect(e)), new byte[0]);
    }
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

  private Operations.Answer serve(Request request, Operation operation, String identity)
      throws GateException {
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
    byte[] body = {};
    try {
      body = body(request, Operations.maxBody(operation));
      return operations.serve(identity, operation, Frames.read(body));
    } finally {
      Arrays.fill(body, (byte) 0);
      place.close();
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

  private static byte[] body(Request request, int most) throws GateException {
    long length = request.getLength();
    if (length < 0) {
      throw Fields.malformed("a request has a Content-Length");
    }
    if (length > most) {
      throw Fields.malformed("a body has at most " + most + " bytes here");
    }
    byte[] body = new byte[(int) length];
    long begun = System.nanoTime();
    try (InputStream in = Content.Source.asInputStream(request)) {
      int read = 0;
      while (read < body.length) {
        int more = in.read(body, read, body.length - read);
        if (more < 0 || System.nanoTime() - begun > BODY.toNanos()) {
          throw Fields.malformed("the body did not come whole within " + BODY.toSeconds() + " s");
        }
        read += more;
      }
      return body;
    } catch (IOException e) {
      throw Fields.malformed("the body did not come whole");
    }
  }

  /** Reads what is left of a body, so that the client reads the answer and not a broken pipe. */
  private static void drain(Request request) {
    long begun = System.nanoTime();
    byte[] buffer = new byte[1 << 13];
    try (InputStream in = Content.Source.asInputStream(request)) {
      for (int read = 0;
          read >= 0 && read < MAX_DRAIN && System.nanoTime() - begun < BODY.toNanos(); ) {
        int more = in.read(buffer);
        read = more < 0 ? -1 : read + more;
      }
    } catch (IOException e) {
      // the client is gone
    } finally {
      Arrays.fill(buffer, (byte) 0);
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
