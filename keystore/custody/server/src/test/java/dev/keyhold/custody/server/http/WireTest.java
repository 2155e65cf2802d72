package dev.keyhold.custody.server.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.keyhold.custody.proof.log.Checkpoint;
import dev.keyhold.custody.proof.note.Note;
import dev.keyhold.custody.server.command.DevAuthority;
import dev.keyhold.custody.server.gate.TestCustody;
import java.net.SocketTimeoutException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The wire: each operation, its bounds, signed texts and what may be read. */
class WireTest {
  private static final String CONTEXT =
      ",\"context\":{\"keyhold-binding\":\"orders\",\"keyhold-tenant\":\"acme\",\"keyhold-data-keys\":\"per-object\"}";
  private static final byte[] DATA_KEY = new byte[32];

  static {
    Arrays.fill(DATA_KEY, (byte) 5);
  }

  @TempDir Path temp;
  private TestWire wire;
  private HttpClient api;
  private HttpClient reports;

  @BeforeEach
  void open() throws Exception {
    wire = new TestWire(temp, TestCustody.RULES + "rule 95 * * by reports\n");
    api = wire.client(TestCustody.API);
    reports = wire.client(TestCustody.REPORTS);
  }

  @AfterEach
  void close() throws Exception {
    wire.close();
  }

  private String unwrapFields(JsonObject wrapped, String more) {
    return TestWire.fields("orders") + CONTEXT + ",\"wrapped\":" + wrapped + more + "}";
  }

  private JsonObject wrap() throws Exception {
    TestWire.Answer answer =
        wire.ask(api, "wrap", TestWire.fields("orders") + CONTEXT + "}", DATA_KEY);
    assertEquals(200, answer.status(), answer.toString());
    return answer.json().getAsJsonObject("wrapped");
  }

  @Test
  void aDataKeyIsWrappedConfirmedAndUnwrappedWithReceipts() throws Exception {
    TestWire.Answer wrapped =
        wire.ask(api, "wrap", TestWire.fields("orders") + CONTEXT + ",\"confirm\":true}", DATA_KEY);
    assertEquals(200, wrapped.status(), wrapped.toString());

    TestWire.Answer opened =
        wire.ask(reports, "unwrap", unwrapFields(wrapped.json().getAsJsonObject("wrapped"), ""));

    assertEquals(200, opened.status(), opened.toString());
    assertArrayEquals(DATA_KEY, opened.secret());
    assertEquals("5m", opened.json().get("hold").getAsString());
    JsonObject leaf = opened.json().getAsJsonObject("leaf");
    assertEquals(TestCustody.ORIGIN, leaf.get("origin").getAsString());
    assertFalse(opened.json().has("mode"));
  }

  @Test
  void aPendingUseNamesTheCommandAndAGrantOverTheWireOpens() throws Exception {
    JsonObject wrapped = wrap();
    String request = unwrapFields(wrapped, ",\"purpose\":\"fraud-review\",\"ticket\":\"INC-1234\"");

    TestWire.Answer pending = wire.ask(api, "unwrap", request);

    assertEquals(403, pending.status());
    assertEquals("pending", pending.error());
    assertEquals(10, pending.json().get("rule").getAsInt());
    String ask = pending.json().get("ask").getAsString();
    assertTrue(pending.message().endsWith(ask), pending.message());
    assertEquals(0, pending.secret().length);
    HttpClient anybody = wire.client((DevAuthority.Certified) null);
    JsonObject list = TestWire.json(wire.get(anybody, wire.people, "/v1/pending"));
    JsonObject use = list.getAsJsonArray("pending").get(0).getAsJsonObject();
    assertEquals("orders", use.get("key").getAsString());
    assertTrue(ask.endsWith(" " + use.get("number").getAsLong()));

    byte[] grant = wire.custody.signed(wire.custody.grant(1, 0), "carol", "dave", "erin");
    byte[] forged = grant.clone();
    forged[grant.length - 20] ^= 1;
    HttpResponse<byte[]> refused = wire.post(anybody, wire.people, forged);
    assertEquals(409, refused.statusCode());
    HttpResponse<byte[]> taken = wire.post(anybody, wire.people, grant);

    assertEquals(200, taken.statusCode());
    assertEquals("DEV", taken.headers().firstValue("Keyhold-Mode").orElse(""));
    assertEquals(200, wire.ask(api, "unwrap", request).status());
    assertEquals(
        "duplicate",
        TestWire.json(wire.post(anybody, wire.people, grant)).get("code").getAsString());
    // the object was given out once: a second one is not
    assertEquals("pending", wire.ask(api, "unwrap", unwrapOther()).error());
  }

  private String unwrapOther() throws Exception {
    return unwrapFields(wrap(), ",\"purpose\":\"fraud-review\",\"ticket\":\"INC-1234\"");
  }

  @Test
  void keysAreMadeListedAndUsedForAllElse() throws Exception {
    String spec = ",\"spec\":{\"algorithm\":\"EC\",\"bits\":256},\"purposes\":[\"SIGN\"]}";
    TestWire.Answer made = wire.ask(reports, "create", TestWire.fields("signer") + spec);
    assertEquals(200, made.status(), made.toString());
    assertEquals("ACTIVE", made.json().getAsJsonObject("metadata").get("state").getAsString());
    assertEquals("denied", wire.ask(api, "create", TestWire.fields("other") + spec).error());

    byte[] spki = wire.ask(reports, "public-key", "{\"key\":\"signer\"}").secret();
    byte[] digest = new byte[32];
    TestWire.Answer signed =
        wire.ask(
            reports,
            "sign",
            TestWire.fields("signer")
                + ",\"signature\":{\"scheme\":\"ECDSA\",\"digest\":\"SHA-256\",\"mgf\":\"\",\"salt\":0}}",
            digest);
    assertEquals(200, signed.status(), signed.toString());
    Signature verifier = Signature.getInstance("NONEwithECDSA");
    verifier.initVerify(KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(spki)));
    verifier.update(digest);
    assertTrue(verifier.verify(signed.secret()));

    TestWire.Answer mac =
        wire.ask(
            api, "mac", TestWire.fields("seal") + ",\"algorithm\":\"HmacSHA256\"}", new byte[9]);
    assertEquals(32, mac.secret().length, mac.toString());
    TestWire.Answer unfit =
        wire.ask(reports, "mac", TestWire.fields("signer") + ",\"algorithm\":\"HmacSHA256\"}");
    assertEquals("unsupported", unfit.error(), unfit.toString());
    assertTrue(unfit.json().has("leaf"));
    TestWire.Answer described = wire.ask(api, "describe", "{\"key\":\"orders\"}");
    assertEquals(
        wire.custody.identity("orders"),
        described.json().getAsJsonObject("metadata").get("identity").getAsString());
    assertEquals(2, wire.ask(api, "list", "{}").json().getAsJsonArray("keys").size());
    assertEquals(3, wire.ask(reports, "list", "{}").json().getAsJsonArray("keys").size());
    assertEquals("denied", wire.ask(api, "describe", "{\"key\":\"signer\"}").error());
    assertEquals("not-found", wire.ask(api, "describe", "{\"key\":\"gone\"}").error());
    for (String operation : List.of("disable", "enable")) {
      assertEquals(
          200, wire.ask(reports, operation, TestWire.fields("signer") + "}").status(), operation);
    }
    JsonObject backend = TestWire.json(wire.get(api, wire.library, "/v1/backend"));
    assertEquals("software", backend.get("type").getAsString());
    assertTrue(backend.getAsJsonArray("facets").toString().contains("\"Keks\""));
  }

  @Test
  void whatIsMalformedIsRefusedWithWordsAndNothingIsDone() throws Exception {
    String good = TestWire.fields("orders") + CONTEXT;
    long before = wire.custody.gate.log().durableSize();
    List<byte[]> bodies =
        List.of(
            new byte[0],
            new byte[] {0, 0, 0, 9, '{', '}'},
            new byte[] {-1, -1, -1, -1, '{', '}'},
            TestWire.frame("[]"),
            TestWire.frame("{'key':'orders'}"),
            TestWire.frame(good + ",\"other\":1}", DATA_KEY),
            TestWire.frame(good + ",\"key\":\"orders\"}", DATA_KEY),
            TestWire.frame(good + ",\"alias\":\"\"}", DATA_KEY),
            TestWire.frame(good + ",\"alias\":\"a\\nb\"}", DATA_KEY),
            TestWire.frame(good + ",\"alias\":\"\\ud800\"}", DATA_KEY),
            TestWire.frame(good + ",\"alias\":null}", DATA_KEY),
            TestWire.frame(good + ",\"alias\":\"" + "x".repeat(256) + "\"}", DATA_KEY),
            TestWire.frame(good + ",\"deadline\":1}", DATA_KEY),
            TestWire.frame(good + ",\"deadline\":1.5}", DATA_KEY),
            TestWire.frame(good + ",\"confirm\":\"true\"}", DATA_KEY),
            TestWire.frame(good + "} ", DATA_KEY),
            TestWire.frame(good + "}{}", DATA_KEY),
            TestWire.frame(good + "}", new byte[65]),
            TestWire.frame(good + "}"),
            TestWire.frame(good.replace("\"acme\"", "\"\"") + "}", DATA_KEY),
            TestWire.frame(good.replace("\"acme\"", "{}") + "}", DATA_KEY),
            TestWire.frame("{\"access\":\"" + TestCustody.bits() + "\"" + CONTEXT + "}"),
            TestWire.frame("{\"key\":\"orders\",\"access\":\"x\"" + CONTEXT + "}", DATA_KEY));
    for (int i = 0; i < bodies.size(); i++) {
      TestWire.Answer answer = wire.ask(api, "wrap", bodies.get(i));
      if (i == 15) {
        assertEquals(200, answer.status(), "blanks after the object are JSON");
        continue;
      }
      assertEquals(400, answer.status(), i + ": " + answer);
      assertEquals("malformed", answer.error());
      assertFalse(answer.message().isEmpty());
    }
    assertTrue(wire.custody.gate.log().durableSize() <= before + 2);
    byte[] large = TestWire.frame(good + "}", new byte[70_000]);
    assertEquals("malformed", wire.ask(api, "wrap", large).error());
  }

  @Test
  void aRequestWithoutAPathIsAnsweredToo() throws Exception {
    try (SSLSocket socket =
        (SSLSocket)
            wire.context(null).getSocketFactory().createSocket("127.0.0.1", wire.people.port())) {
      socket
          .getOutputStream()
          .write("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      byte[] status = socket.getInputStream().readNBytes("HTTP/1.1 4".length());
      assertEquals("HTTP/1.1 4", new String(status, StandardCharsets.US_ASCII));
    }
  }

  private SSLSocket slow(Listener listener, String identity, String path) throws Exception {
    DevAuthority.Certified client = identity == null ? null : wire.authority.client(identity);
    SSLSocket socket =
        (SSLSocket)
            wire.context(client).getSocketFactory().createSocket("127.0.0.1", listener.port());
    String header = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\nk";
    socket.getOutputStream().write(header.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  @Test
  void bodiesThatDoNotComeTakeNoThread() throws Exception {
    List<SSLSocket> slow = new ArrayList<>();
    try (Listener few =
        Listener.forPeople(
            wire.endpoint,
            wire.custody.gate,
            wire.custody.service,
            Optional.empty(),
            Clock.systemUTC(),
            8,
            Duration.ofMinutes(10))) {
      for (int i = 0; i < 24; i++) {
        slow.add(slow(few, null, i % 2 == 0 ? "/v1/statements" : "/v1/nothing"));
      }
      HttpClient anybody = wire.client((DevAuthority.Certified) null);
      byte[] grant = wire.custody.signed(wire.custody.grant(1, 0), "carol", "dave", "erin");

      assertEquals(200, wire.post(anybody, few, grant).statusCode());

      for (SSLSocket waiting : slow) {
        waiting.setSoTimeout(1);
        assertThrows(SocketTimeoutException.class, () -> waiting.getInputStream().read());
      }
    } finally {
      for (SSLSocket socket : slow) {
        socket.close();
      }
    }
  }

  @Test
  void aBodyThatDoesNotComeIsRefusedAndItsConnectionClosed() throws Exception {
    for (SSLSocket socket :
        List.of(
            slow(wire.people, null, "/v1/statements"),
            slow(wire.library, TestCustody.API, "/v1/statements"),
            slow(wire.library, TestCustody.API, "/v1/wrap"),
            slow(wire.library, "spiffe://other/x", "/v1/wrap"))) {
      try (socket) {
        String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(answer.startsWith("HTTP/1.1 4"), answer);
        assertTrue(answer.contains("Connection: close"), answer);
      }
    }
    wrap();
  }

  @Test
  void aMessageOfAMebibyteIsAuthenticatedAndAByteMoreThanTheBodyIsNot() throws Exception {
    String fields = TestWire.fields("seal") + ",\"algorithm\":\"HmacSHA256\"}";
    assertEquals(200, wire.ask(api, "mac", fields, new byte[1 << 20]).status());
    assertEquals(400, wire.ask(api, "mac", fields, new byte[(1 << 20) + (1 << 13)]).status());
  }

  @Test
  void theLogIsReadAsTilesAndHealthSaysWhatStops() throws Exception {
    wrap();
    HttpClient anybody = wire.client((DevAuthority.Certified) null);
    long size = 0;
    while (size < 4) {
      Thread.sleep(20);
      HttpResponse<byte[]> checkpoint = wire.get(anybody, wire.people, "/v1/log/checkpoint");
      size = Checkpoint.parse(Note.parse(checkpoint.body()).text()).size();
    }
    HttpResponse<byte[]> tile = wire.get(anybody, wire.people, "/v1/log/tile/0/000.p/" + size);
    assertEquals(size * 32, tile.body().length);
    assertEquals(404, wire.get(anybody, wire.people, "/v1/log/segment/00000000").statusCode());
    for (String path :
        List.of("/v1/log/../password.txt", "/v1/log/tile/%2e%2e/%2e%2e/x", "/v1/log/.lock")) {
      int status = wire.get(anybody, wire.people, path).statusCode();
      assertTrue(status == 404 || status == 400, path + " " + status);
    }
    assertEquals(200, wire.get(anybody, wire.people, "/v1/health").statusCode());
    byte[] charter = wire.get(anybody, wire.people, "/v1/charter").body();
    assertEquals(wire.custody.charter.id(), Note.parse(charter).id());
    assertEquals(404, wire.get(anybody, wire.people, "/v1/backend").statusCode());

    wire.custody.files.usable(0);
    while (wire.get(anybody, wire.people, "/v1/health").statusCode() == 200) {
      Thread.sleep(20);
    }
    JsonObject health = TestWire.json(wire.get(anybody, wire.people, "/v1/health"));
    assertEquals("stopped", health.get("status").getAsString());
    JsonObject fault = health.getAsJsonArray("faults").get(0).getAsJsonObject();
    assertEquals("uses", fault.get("stops").getAsString());
    assertEquals(
        "unavailable",
        wire.ask(api, "wrap", TestWire.fields("orders") + CONTEXT + "}", DATA_KEY).error());
  }

  @Test
  void aWorkloadWithTooManyRequestsIsThrottledAndTheOthersAreServed() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    wire.custody.files.hang(over);
    ExecutorService threads = Executors.newFixedThreadPool(80);
    try {
      List<Future<TestWire.Answer>> asked = new ArrayList<>();
      for (int i = 0; i < 80; i++) {
        asked.add(
            threads.submit(
                () ->
                    wire.ask(
                        api,
                        "wrap",
                        TestWire.fields("orders") + CONTEXT + ",\"deadline\":120000}",
                        DATA_KEY)));
      }
      int throttled = 0;
      while (throttled < 16) {
        Thread.sleep(20);
        throttled = (int) asked.stream().filter(Future::isDone).count();
      }
      Future<TestWire.Answer> other = threads.submit(() -> wire.ask(reports, "list", "{}"));
      assertEquals(200, other.get().status());
      over.countDown();
      int served = 0;
      for (Future<TestWire.Answer> one : asked) {
        TestWire.Answer answer = one.get();
        served += answer.status() == 200 ? 1 : 0;
        assertTrue(answer.status() == 200 || answer.error().equals("throttled"), answer.toString());
      }
      assertEquals(64, served);
    } finally {
      over.countDown();
      threads.shutdownNow();
    }
  }
}
