package dev.keyhold.custody.server.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.leaf.StatementLeaf;
import dev.keyhold.custody.proof.text.Values;
import dev.keyhold.custody.server.gate.GateException.Kind;
import dev.keyhold.custody.server.log.DiskFiles;
import dev.keyhold.custody.server.log.Log;
import dev.keyhold.keystore.WrapContext;
import dev.keyhold.keystore.WrappedKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people allow and stop. */
class PeopleTest {
  @TempDir Path temp;
  private TestCustody custody;

  @BeforeEach
  void open() throws Exception {
    custody = new TestCustody(temp);
  }

  @AfterEach
  void close() throws Exception {
    custody.close();
  }

  static byte[] freeze(TestCustody custody, String what) throws Exception {
    return custody.signed(
        custody.statement("freeze")
            + "freeze "
            + what
            + "\nreason suspected\nfrom "
            + Values.seconds(custody.clock.instant())
            + "\nuntil "
            + Values.seconds(custody.clock.instant().plus(Duration.ofHours(2)))
            + "\nnonce "
            + TestCustody.bits()
            + "\n",
        "erin");
  }

  private byte[] revoke(String grant) throws Exception {
    return custody.signed(
        custody.statement("revoke")
            + "rule 10\ngrant "
            + grant
            + "\nreason enough\nnonce "
            + TestCustody.bits()
            + "\n",
        "dave");
  }

  private GateException pending(WrappedKey wrapped) {
    GateException refused = assertThrows(GateException.class, () -> custody.unwrap(wrapped));
    assertEquals(Kind.PENDING, refused.error(), refused.getMessage());
    return refused;
  }

  @Test
  void withoutAGrantTheUseIsPendingAndNamesTheCommand() throws Exception {
    WrappedKey wrapped = custody.wrap((byte) 1);

    GateException refused = pending(wrapped);

    assertTrue(
        refused.getMessage().contains("rule 10 needs a grant by 1 of security and 1 of data-owner"),
        refused.getMessage());
    long number = refused.pending().orElseThrow().number();
    assertTrue(
        refused.getMessage().endsWith("keyhold custody request --from-pending " + number),
        refused.getMessage());
    pending(custody.wrap((byte) 2));
    List<PendingUses.Pending> all = custody.gate.pending().all();
    assertEquals(1, all.size());
    assertEquals(2, all.get(0).count());
    assertEquals("orders", all.get(0).keyName());
  }

  @Test
  void aGrantOpensSoManyDistinctObjectsAndRepeatsAreFree() throws Exception {
    List<WrappedKey> wrapped = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      wrapped.add(custody.wrap((byte) i));
    }
    custody.post(custody.signed(custody.grant(3, 0), "carol", "dave", "erin"));

    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 3; i++) {
        KeyService.Done<byte[]> opened = custody.unwrap(wrapped.get(i));
        assertEquals(i, opened.result()[0]);
        assertEquals("0s", opened.hold().orElseThrow().text());
      }
    }
    assertTrue(pending(wrapped.get(3)).getMessage().contains("has opened its 3 objects"));
    custody.restart();
    custody.unwrap(wrapped.get(1));
    pending(wrapped.get(4));
    custody.close();
    custody.leaves();
  }

  @Test
  void theCountHoldsForThirtyTwoAtOnce() throws Exception {
    List<WrappedKey> wrapped = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      wrapped.add(custody.wrap((byte) i));
    }
    custody.post(custody.signed(custody.grant(20, 0), "carol", "dave", "erin"));
    ExecutorService threads = Executors.newFixedThreadPool(32);
    try {
      List<Future<Boolean>> uses = new ArrayList<>();
      for (WrappedKey key : wrapped) {
        uses.add(
            threads.submit(
                () -> {
                  try {
                    custody.unwrap(key);
                    return true;
                  } catch (GateException e) {
                    assertEquals(Kind.PENDING, e.error());
                    return false;
                  }
                }));
      }
      int opened = 0;
      for (Future<Boolean> use : uses) {
        opened += use.get() ? 1 : 0;
      }
      assertEquals(20, opened);
    } finally {
      threads.shutdownNow();
    }
    custody.close();
    custody.leaves();
  }

  @Test
  void aGrantEndsWithItsTimeItsRevocationAFreezeAndASignerWhoIsFrozen() throws Exception {
    WrappedKey wrapped = custody.wrap((byte) 1);
    String id = custody.post(custody.signed(custody.grant(9, 0), "carol", "dave", "erin")).id();
    custody.unwrap(wrapped);

    custody.post(freeze(custody, "person dave"));
    assertTrue(pending(wrapped).getMessage().contains("frozen: dave"));
    custody.clock.pass(Duration.ofMinutes(30));
    custody.post(revoke(id));
    assertTrue(pending(wrapped).getMessage().contains("is revoked"));

    custody.clock.pass(Duration.ofHours(3)); // freezes lapse
    custody.post(custody.signed(custody.grant(9, 0), "carol", "dave", "erin"));
    custody.unwrap(wrapped);
    custody.post(freeze(custody, "all"));
    GateException frozen = assertThrows(GateException.class, () -> custody.unwrap(wrapped));
    assertEquals(Kind.DENIED, frozen.error());
    custody.clock.pass(Duration.ofHours(2));
    assertTrue(pending(wrapped).getMessage().contains("serves from"));
    custody.close();
    custody.leaves();
  }

  @Test
  void aGrantIsForItsTenantPurposeAndUnitOnly() throws Exception {
    WrapContext other = TestCustody.context("orders", "other");
    WrapContext epoch =
        new WrapContext(
            Map.of(
                "keyhold-binding",
                "orders",
                "keyhold-tenant",
                "acme",
                "keyhold-data-keys",
                "epoch-derived"));
    WrappedKey wrapped = custody.wrap((byte) 1);
    custody.post(custody.signed(custody.grant(9, 0), "carol", "dave", "erin"));
    custody.unwrap(wrapped);

    for (WrapContext context : List.of(other, epoch, new WrapContext(Map.of()))) {
      assertThrows(
          GateException.class,
          () -> custody.unwrap(TestCustody.API, wrapped, context, "fraud-review", "INC-1234"),
          context.toString());
    }
    for (String ticket : List.of("INC-1235", "inc-1234", "X")) {
      assertThrows(
          GateException.class,
          () ->
              custody.unwrap(
                  TestCustody.API,
                  wrapped,
                  TestCustody.context("orders", "acme"),
                  "fraud-review",
                  ticket));
    }
  }

  @Test
  void noForgedOrIncompleteStatementIsTaken() throws Exception {
    String text = custody.grant(5, 0);
    Map<String, byte[]> bad =
        Map.of(
            "quorum: nobody of data-owner", custody.signed(text, "carol", "dave", "alice"),
            "quorum: who asks counts not", custody.signed(text, "carol", "dave"),
            "quorum: who asks has not signed", custody.signed(text, "dave", "erin"),
            "signature: twice", custody.signed(text, "carol", "dave", "erin", "erin"),
            "grant-terms: more than the rule", custody.signed(custody.grant(1001, 0), "carol"),
            "grant-terms: epochs", custody.signed(custody.grant(1, 1), "carol", "dave", "erin"),
            "statement-syntax", "hello\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    for (Map.Entry<String, byte[]> one : bad.entrySet()) {
      GateException refused =
          assertThrows(GateException.class, () -> custody.post(one.getValue()), one.getKey());
      assertEquals(Kind.REFUSED, refused.error());
      assertEquals(one.getKey().split(":", 2)[0], refused.code(), refused.getMessage());
    }
    byte[] good = custody.signed(text, "carol", "dave", "erin");
    for (int i = 0; i < good.length; i++) {
      byte[] flipped = good.clone();
      flipped[i] ^= (byte) (1 << i % 8);
      assertThrows(GateException.class, () -> custody.post(flipped), "byte " + i);
    }
    custody.post(good);
    assertEquals("duplicate", assertThrows(GateException.class, () -> custody.post(good)).code());
  }

  @Test
  void breakGlassRaisesAnAlarmBeforeTheFirstUse() throws Exception {
    WrappedKey wrapped = custody.wrap((byte) 1);
    custody.post(custody.signed(breakGlass(), "carol", "dave"));

    checkBreakGlass(wrapped);
  }

  @Test
  void breakGlassWhoseAlarmACrashPreventedRaisesItAtTheStart() throws Exception {
    WrappedKey wrapped = custody.wrap((byte) 1);
    custody.gate.close();
    byte[] grant = custody.signed(breakGlass(), "carol", "dave");
    try (Log log =
        Log.open(
            custody.settings, new DiskFiles(), custody.logKey, leaf -> {}, () -> "no advice")) {
      log.append(new StatementLeaf(custody.clock.instant(), grant).toBytes()).durable().get();
    }

    custody.restart();

    checkBreakGlass(wrapped);
  }

  private String breakGlass() {
    return custody
        .grant(5, 0)
        .replace("rule 10\n", "rule 90\n")
        .replace("purpose fraud-review ticket INC-1234\n", "purpose break-glass\n")
        .replace(
            Values.seconds(custody.clock.instant().plus(Duration.ofHours(1))),
            Values.seconds(custody.clock.instant().plus(Duration.ofMinutes(30))));
  }

  private void checkBreakGlass(WrappedKey wrapped) throws Exception {
    KeyService.Done<byte[]> opened =
        custody.unwrap(
            TestCustody.API, wrapped, TestCustody.context("orders", "acme"), "break-glass", null);

    assertEquals(1, opened.result()[0]);
    custody.close();
    assertTrue(
        custody.leaves().stream()
            .anyMatch(l -> l.startsWith("keyhold.dev/alarm@v1\n") && l.contains("break-glass")));
  }

  @Test
  void aNewCharterTakesEffectAndABadOneNeverReplacesIt() throws Exception {
    WrappedKey wrapped = custody.wrap((byte) 1);
    String rules =
        TestCustody.RULES.replace("rule 30 open orders by reports", "rule 30 open orders by api");
    Charter next = Charter.parse(custody.text(2, custody.charter.id(), rules, ""));
    for (String[] signers : List.of(new String[] {"alice"}, new String[] {"alice", "dave"})) {
      GateException refused =
          assertThrows(
              GateException.class, () -> custody.post(custody.signed(next.text(), signers)));
      assertEquals("quorum", refused.code());
    }
    custody.unwrap(TestCustody.REPORTS, wrapped, TestCustody.context("orders", "acme"), null, null);

    custody.post(custody.signed(next.text(), "alice", "carol"));

    assertEquals(2, custody.gate.charter().version());
    assertThrows(
        GateException.class,
        () ->
            custody.unwrap(
                TestCustody.REPORTS, wrapped, TestCustody.context("orders", "acme"), null, null));
    custody.unwrap(TestCustody.API, wrapped, TestCustody.context("orders", "acme"), null, null);
    custody.restart();
    assertEquals(2, custody.gate.charter().version());
  }
}
