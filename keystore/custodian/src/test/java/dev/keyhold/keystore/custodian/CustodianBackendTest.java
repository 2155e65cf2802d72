package dev.keyhold.keystore.custodian;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.keystore.Access;
import dev.keyhold.keystore.ApprovalPendingException;
import dev.keyhold.keystore.Backend;
import dev.keyhold.keystore.BackendException;
import dev.keyhold.keystore.BackendException.Reason;
import dev.keyhold.keystore.KeyMetadata;
import dev.keyhold.keystore.KeySpec;
import dev.keyhold.keystore.KeyUri;
import dev.keyhold.keystore.Purpose;
import dev.keyhold.keystore.WrapMechanism;
import dev.keyhold.keystore.WrappedKey;
import dev.keyhold.keystore.facet.Keks;
import dev.keyhold.keystore.facet.KeyMaking;
import dev.keyhold.keystore.facet.Macs;
import dev.keyhold.keystore.facet.Naming;
import dev.keyhold.keystore.facet.Signatures;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client sends, what it makes of the answers, and what it knows without asking. */
class CustodianBackendTest extends CustodianTestBase {
  private static final Access ACCESS =
      new Access(
          "orders-alias",
          "orders",
          Optional.of("tenant"),
          Optional.of("fraud \"review\" 調査"),
          Optional.of("INC-1"));

  @Test
  void aUseTellsForWhatItIsAndTheKeyFollowsTheJson() throws Exception {
    WrappedKey wrapped =
        backend().forAccess(ACCESS).require(Keks.class).wrap("orders", CONTEXT, DATA_KEY);
    assertEquals("id1", wrapped.identity());
    assertEquals(WrapMechanism.AES_GCM, wrapped.mechanism());
    assertArrayEquals(new byte[] {1, 2, 3}, wrapped.bytes());
    TestCustodian.Received sent = custodian.received().get(0);
    assertEquals("wrap", sent.operation());
    assertEquals("01234567", sent.secret());
    assertEquals("spiffe://acme/api", sent.client());
    Fields fields =
        JsonReader.object(ByteBuffer.wrap(sent.json().getBytes(StandardCharsets.UTF_8)));
    assertEquals("orders", fields.text("key"));
    assertTrue(fields.text("access").matches("[0-9a-f]{32}"));
    assertEquals("orders-alias", fields.text("alias"));
    assertEquals("fraud \"review\" 調査", fields.text("purpose"));
    assertEquals("INC-1", fields.text("ticket"));
    assertEquals(Map.of("keyhold-binding", "orders"), fields.object("context").allTexts());
    assertTrue(fields.number("deadline", 1, 60_000) > 10_000);
    fields.end();
  }

  @Test
  void eachUseHasAnIdOfItsOwnAndWhatTheWireDoesNotTakeIsNotTold() throws Exception {
    Backend backend = backend().forAccess(Access.of("a".repeat(300)));
    for (int i = 0; i < 2; i++) {
      backend.require(Keks.class).wrap("orders", CONTEXT, DATA_KEY);
    }
    List<TestCustodian.Received> sent = custodian.received();
    assertNotEquals(sent.get(0).json(), sent.get(1).json());
    assertFalse(sent.get(0).json().contains("alias"));
  }

  @Test
  void theKeyIsTheInnerOneByNameUriAndIdentity() throws Exception {
    Backend backend = backend();
    assertEquals(Optional.empty(), backend.knownIdentity("orders"));
    assertEquals("id1", backend.identity("orders"));
    assertEquals(Optional.of("id1"), backend.knownIdentity("orders"));
    assertEquals(Optional.of("orders"), backend.nameOf(KeyUri.parse("software:id1")));
    assertEquals(Optional.of("software:x"), backend.nameOf(KeyUri.parse("software:x")));
    assertEquals(Optional.empty(), backend.nameOf(KeyUri.parse("pkcs11:object=x")));
    KeyMetadata key = backend.describe("orders");
    assertEquals(KeySpec.AES_256, key.spec());
    assertEquals(List.of(key), backend.list());
    assertEquals(
        Optional.of(WrapMechanism.AES_GCM), backend.require(Keks.class).mechanism("orders"));
  }

  @Test
  void whatIsBehindIsGuessedFirstAndThenTold() throws Exception {
    Backend backend = backend();
    assertTrue(backend.facet(Signatures.class).isPresent());
    assertTrue(backend.facet(Naming.class).isEmpty());
    assertEquals(Set.of(Purpose.ENCRYPT, Purpose.KEY_WRAP), backend.purposesOf(KeySpec.AES_256));
    assertTrue(custodian.received().isEmpty());
    backend.list();
    assertTrue(backend.facet(Signatures.class).isEmpty());
    assertTrue(backend.facet(KeyMaking.class).isPresent());
    assertEquals(Set.of(Purpose.ENCRYPT), backend.purposesOf(KeySpec.AES_256));
    assertEquals(Set.of(), backend.purposesOf(KeySpec.ED25519));
  }

  @Test
  void anotherBackendBehindIsRefusedBeforeAnythingIsWrapped() {
    custodian.backend(TestCustodian.BACKEND.replace("software", "pkcs11"));
    BackendException failure =
        assertFails(
            Reason.MISCONFIGURED,
            () -> backend().require(Keks.class).wrap("orders", CONTEXT, DATA_KEY));
    assertTrue(failure.getMessage().contains("fronts = software"), failure.getMessage());
    assertTrue(custodian.received().isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "403, denied, DENIED",
    "404, not-found, NOT_FOUND",
    "422, bad-ciphertext, BAD_CIPHERTEXT",
    "422, unsupported, UNSUPPORTED",
    "400, malformed, UNSUPPORTED",
    "429, throttled, UNAVAILABLE",
    "500, misconfigured, MISCONFIGURED",
    "503, unavailable, UNAVAILABLE"
  })
  void anErrorHasItsReasonAndItsMessage(int status, String error, Reason reason) {
    custodian.answer(
        (exchange, request) ->
            TestCustodian.error(exchange, status, error, "rule 3\\nFORGED \\u202e of orders"));
    BackendException failure =
        assertFails(reason, () -> backend().require(Macs.class).mac("k", "HmacSHA256", DATA_KEY));
    assertTrue(failure.getMessage().contains(custodian.url()), failure.getMessage());
    assertTrue(failure.getMessage().endsWith("rule 3?FORGED ? of orders"), failure.getMessage());
  }

  @Test
  void aMissingApprovalIsTold() {
    WrappedKey wrapped = new WrappedKey("id1", "1", WrapMechanism.AES_GCM, new byte[40]);
    Backend backend = backend();
    custodian.answer(
        (exchange, request) -> {
          if (request.operation().equals("describe")) {
            TestCustodian.normal(exchange, request);
            return;
          }
          TestCustodian.send(
              exchange,
              403,
              TestCustodian.framed(
                  "{\"error\":\"pending\",\"message\":\"two of ops are missing\",\"rule\":10,"
                      + "\"pending\":17,\"ask\":\"keyhold custody request 17\"}",
                  ""));
        });
    BackendException failure =
        assertFails(
            Reason.DENIED, () -> backend.require(Keks.class).unwrap("orders", wrapped, CONTEXT));
    ApprovalPendingException pending =
        assertCause(ApprovalPendingException.class, failure.at("key orders"));
    assertEquals(10, pending.rule());
    assertEquals(17, pending.pending());
    assertEquals("keyhold custody request 17", pending.ask());
    assertTrue(failure.getMessage().contains("keyhold custody request 17"), failure.getMessage());
  }

  private static <T> T assertCause(Class<T> type, Exception failure) {
    assertEquals(type, failure.getCause().getClass());
    return type.cast(failure.getCause());
  }

  @Test
  void whatNoCustodianCanHaveWrappedIsNotSent() throws Exception {
    Backend backend = backend();
    backend.identity("orders");
    int before = custodian.received().size();
    for (WrappedKey bad :
        List.of(
            new WrappedKey("id1", "1", WrapMechanism.AES_GCM, new byte[70_000]),
            new WrappedKey("id1", "1", WrapMechanism.AES_GCM, new byte[0]),
            new WrappedKey("i".repeat(1025), "1", WrapMechanism.AES_GCM, new byte[40]))) {
      assertFails(
          Reason.BAD_CIPHERTEXT, () -> backend.require(Keks.class).unwrap("orders", bad, CONTEXT));
    }
    assertEquals(before, custodian.received().size());
    WrappedKey other = new WrappedKey("id2", "1", WrapMechanism.AES_GCM, new byte[40]);
    assertFails(
        Reason.BAD_CIPHERTEXT, () -> backend.require(Keks.class).unwrap("orders", other, CONTEXT));
    assertTrue(custodian.received().stream().noneMatch(sent -> sent.operation().equals("unwrap")));
  }
}
