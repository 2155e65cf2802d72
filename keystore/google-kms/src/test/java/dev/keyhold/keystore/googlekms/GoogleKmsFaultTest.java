package dev.keyhold.keystore.googlekms;

import static dev.keyhold.keystore.googlekms.Fixture.CONTEXT;
import static dev.keyhold.keystore.googlekms.Fixture.DATA_KEY;
import static dev.keyhold.keystore.googlekms.Fixture.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.keystore.facet.Destruction;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.Macs;
import dev.keyhold.keystore.facet.PublicKeys;
import dev.keyhold.keystore.facet.RandomSource;
import dev.keyhold.keystore.facet.Signatures;
import dev.keyhold.keystore.facet.Suspension;
import dev.keyhold.keystore.googlekms.fake.Fault;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with the service, the network or the rights shows as what it is. */
class GoogleKmsFaultTest {
  private final Fixture fixture = new Fixture("timeout", "4s");
  private final List<Socket> silent = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() throws IOException {
    fixture.close();
    for (Socket socket : silent) {
      socket.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "THROTTLED, UNAVAILABLE",
    "UNAVAILABLE, UNAVAILABLE",
    "INTERNAL, UNAVAILABLE",
    "HANGING, UNAVAILABLE",
    "REQUEST_CORRUPTED, UNAVAILABLE",
    "ANSWER_CORRUPTED, UNAVAILABLE",
    "ANSWER_WITHOUT_CHECKSUM, UNAVAILABLE",
    "DENIED, DENIED",
    "UNAUTHENTICATED, MISCONFIGURED",
    "EXTERNAL_DENIED, DENIED",
    "EXTERNAL_UNREACHABLE, UNAVAILABLE"
  })
  void eachFaultHasItsReason(Fault fault, Reason reason) throws Exception {
    fixture.newKek("orders");
    WrappedKey wrapped = fixture.backend().require(Keks.class).wrap("orders", CONTEXT, DATA_KEY);
    fixture.server().kms().fail(fault, "");
    assertFails(
        reason, () -> fixture.backend().require(Keks.class).wrap("orders", CONTEXT, DATA_KEY));
    assertFails(
        reason, () -> fixture.backend().require(Keks.class).unwrap("orders", wrapped, CONTEXT));
    assertFails(reason, () -> fixture.backend().require(RandomSource.class).random(32));
    fixture.server().kms().fail(Fault.NONE, "");
    assertArrayEquals(
        DATA_KEY, fixture.backend().require(Keks.class).unwrap("orders", wrapped, CONTEXT));
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"NOT_VERIFIED", "OTHER_NAME", "ANSWER_CORRUPTED", "ANSWER_WITHOUT_CHECKSUM"})
  void whatWasCorruptedInTransitIsRefused(Fault fault) throws Exception {
    Backend backend = fixture.backend();
    fixture.newKek("orders");
    fixture.create("macs", KeySpec.hmac("HmacSHA256"), Purpose.MAC);
    var pair = fixture.create("pair", KeySpec.ec(256), Purpose.SIGN);
    var algorithm = pair.attributes().signatures().iterator().next();
    backend.require(Keks.class).wrap("orders", CONTEXT, DATA_KEY);
    fixture.server().kms().fail(fault, "");
    assertFails(
        Reason.UNAVAILABLE, () -> backend.require(Keks.class).wrap("orders", CONTEXT, DATA_KEY));
    fixture.server().kms().fail(fault, "MacSign");
    assertFails(
        Reason.UNAVAILABLE, () -> backend.require(Macs.class).mac("macs", "HmacSHA256", DATA_KEY));
    fixture.server().kms().fail(fault, "AsymmetricSign");
    assertFails(
        Reason.UNAVAILABLE,
        () -> backend.require(Signatures.class).sign("pair", algorithm, new byte[32]));
    if (fault != Fault.NOT_VERIFIED) {
      fixture.server().kms().fail(fault, "GetPublicKey");
      assertFails(Reason.UNAVAILABLE, () -> backend.require(PublicKeys.class).publicKey("pair"));
    }
  }

  @Test
  void aDenialNamesThePermissionAndTheRequest() throws Exception {
    fixture.newKek("orders");
    fixture.server().kms().fail(Fault.DENIED, "Encrypt");
    BackendException denied =
        assertFails(
            Reason.DENIED,
            () -> fixture.backend().require(Keks.class).wrap("orders", CONTEXT, DATA_KEY));
    assertTrue(denied.getMessage().contains("cloudkms.example.fromDetails"), denied.getMessage());
    assertTrue(denied.getMessage().contains("req-4711"), denied.getMessage());
  }

  @Test
  void aTokenInTheServicesWordsGoesNowhere() throws Exception {
    fixture.newKek("orders");
    fixture.server().kms().fail(Fault.UNAUTHENTICATED, "Encrypt");
    BackendException failure =
        assertFails(
            Reason.MISCONFIGURED,
            () -> fixture.backend().require(Keks.class).wrap("orders", CONTEXT, DATA_KEY));
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    assertFalse(trace.toString().contains("ya29"), trace.toString());
  }

  @Test
  void aDisabledKeyIsDeniedAndOneInDestructionToo() throws Exception {
    Backend backend = fixture.backend();
    fixture.newKek("orders");
    WrappedKey wrapped = backend.require(Keks.class).wrap("orders", CONTEXT, DATA_KEY);
    backend.require(Suspension.class).disable("orders");
    assertFails(Reason.DENIED, () -> backend.require(Keks.class).wrap("orders", CONTEXT, DATA_KEY));
    assertFails(
        Reason.DENIED, () -> backend.require(Keks.class).unwrap("orders", wrapped, CONTEXT));
    backend.require(Suspension.class).enable("orders");
    assertArrayEquals(DATA_KEY, backend.require(Keks.class).unwrap("orders", wrapped, CONTEXT));
    backend.require(Destruction.class).scheduleDestruction("orders", Duration.ofDays(30));
    assertFails(
        Reason.DENIED, () -> backend.require(Keks.class).unwrap("orders", wrapped, CONTEXT));
  }

  @Test
  void theWrongContextIsABadCiphertext() throws Exception {
    fixture.newKek("orders");
    WrappedKey wrapped = fixture.backend().require(Keks.class).wrap("orders", CONTEXT, DATA_KEY);
    assertFails(
        Reason.BAD_CIPHERTEXT,
        () ->
            fixture
                .backend()
                .require(Keks.class)
                .unwrap("orders", wrapped, new WrapContext(Map.of())));
  }

  @Test
  void aDeadEndpointHoldsNobodyAndIsFoundAgain() throws Exception {
    fixture.newKek("orders");
    WrappedKey wrapped = fixture.backend().require(Keks.class).wrap("orders", CONTEXT, DATA_KEY);
    fixture.server().stop();
    for (int i = 0; i < 20; i++) {
      assertTimeoutPreemptively(
          Duration.ofSeconds(20),
          () ->
              assertFails(
                  Reason.UNAVAILABLE,
                  () -> fixture.backend().require(Keks.class).wrap("orders", CONTEXT, DATA_KEY)));
    }
    fixture.server().restart();
    assertArrayEquals(DATA_KEY, unwrapSoon(wrapped));
  }

  /** As the caller does: a few attempts, a short pause before each. */
  private byte[] unwrapSoon(WrappedKey wrapped) throws Exception {
    BackendException last = null;
    for (int i = 0; i < 20; i++) {
      try {
        return fixture.backend().require(Keks.class).unwrap("orders", wrapped, CONTEXT);
      } catch (BackendException e) {
        last = e;
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
    throw last;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\n\r\nhello", "\0\0"})
  void whatDoesNotSpeakTheProtocolIsUnavailable(String reply) throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Backend backend =
            fixture.connect(
                "endpoint", "http://127.0.0.1:" + socket.getLocalPort(), "timeout", "500ms")) {
      Thread server = new Thread(() -> answerAll(socket, reply));
      server.setDaemon(true);
      server.start();
      assertTimeoutPreemptively(
          Duration.ofSeconds(10),
          () -> assertFails(Reason.UNAVAILABLE, () -> backend.describe("orders")));
    }
  }

  /** Sends each caller a few bytes and hangs up, or with none stays silent. */
  private void answerAll(ServerSocket socket, String reply) {
    try {
      while (!socket.isClosed()) {
        Socket caller = socket.accept();
        if (reply.isEmpty()) {
          silent.add(caller);
        } else {
          caller.getOutputStream().write(reply.getBytes(StandardCharsets.US_ASCII));
          caller.close();
        }
      }
    } catch (IOException e) {
      // the test is over
    }
  }

  @Test
  void anInterruptEndsACall() throws Exception {
    try (Fixture slow = new Fixture("timeout", "60s")) {
      slow.newKek("orders");
      slow.server().kms().fail(Fault.HANGING, "Encrypt");
      CompletableFuture<BackendException> ended = new CompletableFuture<>();
      Thread caller =
          new Thread(
              () -> {
                try {
                  slow.backend().require(Keks.class).wrap("orders", CONTEXT, DATA_KEY);
                } catch (BackendException e) {
                  ended.complete(e);
                }
              });
      caller.start();
      while (slow.server().kms().calls("Encrypt") == 0) {
        Thread.onSpinWait();
      }
      caller.interrupt();
      assertEquals(Reason.UNAVAILABLE, ended.get(10, TimeUnit.SECONDS).reason());
    }
  }
}
