package dev.keyhold.custody.server.gate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.custody.proof.charter.Operation;
import dev.keyhold.custody.proof.charter.UseFacts;
import dev.keyhold.custody.server.gate.GateException.Kind;
import dev.keyhold.custody.server.log.FaultyFiles;
import dev.keyhold.keystore.WrappedKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a workload can do with the rules alone, and that the record comes first. */
class GateTest {
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

  private GateException refused(
      String identity, WrappedKey wrapped, String binding, String tenant, String purpose) {
    return assertThrows(
        GateException.class,
        () ->
            custody.unwrap(
                identity, wrapped, TestCustody.context(binding, tenant), purpose, "INC-1"));
  }

  @Test
  void whatARuleAllowsIsDoneAndRecordedWithItsEnd() throws Exception {
    WrappedKey wrapped = custody.wrap((byte) 7);

    KeyService.Done<byte[]> opened =
        custody.unwrap(
            TestCustody.REPORTS, wrapped, TestCustody.context("orders", "acme"), null, null);

    assertEquals(7, opened.result()[0]);
    String identity = custody.identity("orders");
    assertEquals("5m", opened.hold().orElseThrow().text());
    custody.close();
    List<String> leaves = custody.leaves();
    String leaf = leaves.get((int) opened.leaf().index());
    assertTrue(leaf.contains("\nworkload reports\n") && leaf.contains("\nrule 30\n"), leaf);
    assertTrue(leaf.contains("\nkey " + identity + "\n"), leaf);
    assertTrue(leaf.contains("\ntenant acme\n") && leaf.contains("\nunit object\n"), leaf);
    assertTrue(leaves.stream().anyMatch(l -> l.contains("use " + opened.leaf().index() + " done")));
  }

  @Test
  void whatNoRuleAllowsIsDeniedAndNamed() throws Exception {
    WrappedKey wrapped = custody.wrap((byte) 1);

    GateException otherTenant =
        refused(TestCustody.REPORTS, wrapped, "orders", "other", "anything");
    GateException unknown = refused("spiffe://acme/ns/x", wrapped, "orders", "acme", null);
    GateException noPurpose = refused(TestCustody.API, wrapped, "orders", "acme", null);

    assertEquals(Kind.DENIED, otherTenant.error());
    assertTrue(otherTenant.getMessage().contains("rule 30: tenant"), otherTenant.getMessage());
    assertTrue(unknown.getMessage().contains("no workload of the charter"), unknown.getMessage());
    assertTrue(noPurpose.getMessage().contains("purpose"), noPurpose.getMessage());
    custody.close();
    List<String> leaves = custody.leaves();
    for (GateException denied : List.of(otherTenant, unknown, noPurpose)) {
      String leaf = leaves.get((int) denied.leaf().orElseThrow().index());
      assertTrue(leaf.startsWith("keyhold.dev/denied@v1\n"), leaf);
    }
  }

  @Test
  void aLieAboutTheTenantIsBadCiphertextWithALeaf() throws Exception {
    WrappedKey wrapped =
        custody
            .service
            .use(
                TestCustody.API,
                TestCustody.request(
                    Operation.WRAP, TestCustody.context("orders", "other"), null, null, null),
                (keys, access, key) ->
                    keys.wrap(access, key, TestCustody.context("orders", "other"), new byte[32]))
            .result();

    GateException lie = refused(TestCustody.REPORTS, wrapped, "orders", "acme", null);

    assertEquals(Kind.BAD_CIPHERTEXT, lie.error());
    custody.close();
    long index = lie.leaf().orElseThrow().index();
    assertTrue(
        custody.leaves().stream().anyMatch(l -> l.contains("use " + index + " bad-ciphertext\n")));
  }

  @Test
  void twoNamesOfAKeyMeetOneRuleAndAnotherKeysWrapIsDenied() throws Exception {
    WrappedKey wrapped = custody.wrap((byte) 3);
    String identity = custody.identity("orders");
    String uri = custody.administration.backend("local").key("orders").describe().uri().toString();

    for (String name : List.of("orders", uri)) {
      GateException denied =
          assertThrows(
              GateException.class,
              () ->
                  custody.service.use(
                      TestCustody.API,
                      TestCustody.request(
                          name,
                          Operation.UNWRAP,
                          TestCustody.context("orders", "acme"),
                          wrapped,
                          "fraud-review",
                          "INC-1"),
                      (keys, access, key) -> new byte[0]));
      assertEquals(Kind.PENDING, denied.error(), name);
      assertEquals(identity, denied.pending().orElseThrow().decision().facts().key());
    }
    WrappedKey other =
        new WrappedKey("software:x", wrapped.version(), wrapped.mechanism(), wrapped.bytes());
    GateException mixed = refused(TestCustody.REPORTS, other, "orders", "acme", null);
    assertEquals(Kind.DENIED, mixed.error());
    assertTrue(mixed.getMessage().contains("software:x"), mixed.getMessage());
  }

  @Test
  void aKeyThatIsNotThereIsNotFoundWithALeaf() {
    GateException missing =
        assertThrows(
            GateException.class,
            () ->
                custody.service.use(
                    TestCustody.API,
                    TestCustody.request("gone", Operation.MAC, null, null, null, null),
                    (keys, access, key) -> new byte[0]));
    assertEquals(Kind.NOT_FOUND, missing.error());
    assertTrue(missing.leaf().isPresent());
  }

  @ParameterizedTest
  @EnumSource(names = {"WRITE", "FORCE", "READ_ONLY"})
  void noKeyIsUsedBeforeItsLeafIsOnTheDisk(FaultyFiles.Fault fault) throws Exception {
    AtomicBoolean used = new AtomicBoolean();
    custody.wrap((byte) 0);
    while (custody.gate.log().durableSize() < 5) {
      Thread.sleep(10); // start, charter, start, use, end: then nothing else is written
    }
    custody.files.fail(fault);
    CompletableFuture<KeyService.Done<Long>> use =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return custody.service.use(
                    TestCustody.API,
                    TestCustody.request("seal", Operation.MAC, null, null, null, null),
                    (keys, access, key) -> {
                      used.set(true);
                      return custody.gate.log().durableSize();
                    });
              } catch (GateException e) {
                throw new AssertionError(e);
              }
            });
    int failures = custody.files.failures();
    while (custody.files.failures() < failures + 2) {
      Thread.sleep(10);
    }
    assertFalse(used.get());
    GateException stopped = assertThrows(GateException.class, () -> custody.wrap((byte) 1));
    assertEquals(Kind.UNAVAILABLE, stopped.error());
    assertEquals(Fault.Stops.ALL, custody.gate.faults().get(0).stops());

    custody.files.fail(FaultyFiles.Fault.NONE);

    KeyService.Done<Long> done = use.get();
    assertTrue(done.leaf().index() < done.result());
    custody.wrap((byte) 2);
    custody.close();
    custody.leaves();
  }

  @Test
  void aUseWhoseRecordComesTooLateIsNotMade() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    AtomicBoolean used = new AtomicBoolean();
    custody.files.hang(over);
    UseRequest patient = TestCustody.request("seal", Operation.MAC, null, null, null, null);
    UseRequest request =
        new UseRequest(
            patient.operation(),
            patient.key(),
            patient.access(),
            patient.alias(),
            patient.purpose(),
            patient.ticket(),
            Duration.ofMillis(100),
            patient.context(),
            patient.wrapped(),
            false,
            List.of());
    GateException late =
        assertThrows(
            GateException.class,
            () ->
                custody.service.use(
                    TestCustody.API,
                    request,
                    (keys, access, key) -> {
                      used.set(true);
                      return 0;
                    }));
    assertEquals(Kind.UNAVAILABLE, late.error());

    over.countDown();

    custody.wrap((byte) 1); // its leaf comes after the late one
    assertFalse(used.get());
    custody.close();
    assertTrue(custody.leaves().stream().anyMatch(leaf -> leaf.contains(" unavailable\n")));
  }

  @Test
  void belowTheReserveRevocationsAndFreezesStillGo() throws Exception {
    custody.files.usable(0);
    while (custody.gate.faults().isEmpty()) {
      Thread.sleep(10);
    }
    assertEquals(Fault.Stops.USES, custody.gate.faults().get(0).stops());
    assertEquals(
        Kind.UNAVAILABLE, assertThrows(GateException.class, () -> custody.wrap((byte) 1)).error());
    assertEquals(
        Kind.UNAVAILABLE,
        assertThrows(
                GateException.class,
                () -> custody.post(custody.signed(custody.grant(1, 0), "carol", "dave", "erin")))
            .error());

    custody.post(PeopleTest.freeze(custody, "workload api"));

    custody.files.usable(Long.MAX_VALUE);
    while (!custody.gate.faults().isEmpty()) {
      Thread.sleep(10);
    }
    GateException frozen = assertThrows(GateException.class, () -> custody.wrap((byte) 1));
    assertTrue(frozen.getMessage().contains("api is frozen until"), frozen.getMessage());
  }

  @Test
  void denialsMakeTenLeavesASecondAndThenAreCounted() throws Exception {
    WrappedKey wrapped = custody.wrap((byte) 1);
    for (int i = 0; i < 35; i++) {
      refused(TestCustody.REPORTS, wrapped, "orders", "other", null);
      refused("spiffe://acme/x/" + i, wrapped, "orders", "acme", null);
    }
    custody.clock.pass(Duration.ofSeconds(1));
    refused(TestCustody.REPORTS, wrapped, "orders", "other", null);
    custody.close();
    List<String> denied =
        custody.leaves().stream().filter(l -> l.startsWith("keyhold.dev/denied@v1\n")).toList();
    List<String> reports =
        denied.stream().filter(leaf -> leaf.contains("\nworkload reports\n")).toList();
    assertTrue(reports.size() == 11 || reports.size() == 12, reports.toString());
    long counted = 0;
    for (String leaf : reports) {
      Matcher count = Pattern.compile("\ncount ([0-9]+)\n").matcher(leaf);
      counted += count.find() ? Long.parseLong(count.group(1)) : 0;
    }
    assertEquals(36, reports.size() + counted);
    long unknown = denied.stream().filter(leaf -> leaf.contains("/x/")).count();
    assertTrue(unknown >= 10 && unknown <= 20, "leaves of the unknown: " + unknown);
  }

  @Test
  void whatCannotBeRecordedIsRefusedAndStopsNothing() throws Exception {
    WrappedKey wrapped = custody.wrap((byte) 1);
    for (String key : List.of("!".repeat(1_100), "\u00e9".repeat(600), "a\u0085b", "a\ud800")) {
      UseFacts facts = UseFacts.of(TestCustody.API, Operation.UNWRAP, key).build();
      for (int i = 0; i < 25; i++) {
        for (CompletableFuture<Gate.Decided> asked :
            List.of(custody.gate.deny(facts, "denied", "no"), custody.gate.decide(facts))) {
          ExecutionException refused = assertThrows(ExecutionException.class, asked::get);
          assertEquals(Kind.MALFORMED, ((GateException) refused.getCause()).error(), key);
        }
      }
      custody.clock.pass(Duration.ofSeconds(2));
      Thread.sleep(500); // what was counted is written each 200 ms
    }
    GateException tooLong =
        assertThrows(
            GateException.class,
            () ->
                custody.service.use(
                    TestCustody.REPORTS,
                    TestCustody.request(
                        "!".repeat(1_021), Operation.CREATE, null, null, null, null),
                    (keys, access, key) -> key));
    assertEquals(Kind.MALFORMED, tooLong.error());
    UseFacts known = UseFacts.of(TestCustody.API, Operation.UNWRAP, "k").build();
    assertTrue(custody.gate.deny(known, "denied", "a\u0085b\ud800").get().leaf().isPresent());

    assertEquals(List.of(), custody.gate.faults());
    custody.unwrap(TestCustody.REPORTS, wrapped, TestCustody.context("orders", "acme"), null, null);
    custody.post(PeopleTest.freeze(custody, "workload api"));
    custody.close();
    assertTrue(custody.leaves().stream().anyMatch(leaf -> leaf.contains("\ntext a%20b%3F\n")));
  }

  @Test
  void aUseWithoutAKeyIsDeniedEvenByARuleForAllKeys() throws Exception {
    UseFacts facts = UseFacts.of(TestCustody.REPORTS, Operation.CREATE, null).build();

    Gate.Decided decided = custody.gate.decide(facts).get();

    assertEquals("denied", decided.decision().error());
    assertTrue(decided.leaf().isPresent());
    UseFacts withoutInput = UseFacts.of(TestCustody.REPORTS, Operation.CREATE, "new:x").build();
    ExecutionException refused =
        assertThrows(ExecutionException.class, () -> custody.gate.decide(withoutInput).get());
    assertEquals(Kind.MALFORMED, ((GateException) refused.getCause()).error());
    custody.wrap((byte) 1);
    custody.close();
    custody.leaves();
  }

  @Test
  void anErrorOfTheRuntimeStopsAllAndIsSeen() throws Exception {
    custody.files.fail(FaultyFiles.Fault.ERROR);

    GateException lost = assertThrows(GateException.class, () -> custody.wrap((byte) 1));

    assertEquals(Kind.UNAVAILABLE, lost.error());
    Fault fault = custody.gate.faults().get(0);
    assertEquals(Fault.Stops.ALL, fault.stops());
    assertTrue(fault.message().contains("a mapped file"), fault.message());
    GateException stopped = assertThrows(GateException.class, () -> custody.wrap((byte) 2));
    assertEquals(Kind.UNAVAILABLE, stopped.error());
  }

  @Test
  void aRestartGoesOnWhereTheLogEnded() throws Exception {
    WrappedKey wrapped = custody.wrap((byte) 9);
    custody.restart();
    assertArrayEquals(
        new byte[] {9},
        new byte[] {
          custody.unwrap(
                  TestCustody.REPORTS, wrapped, TestCustody.context("orders", "acme"), null, null)
              .result()[0]
        });
    custody.close();
    assertEquals(
        3, custody.leaves().stream().filter(l -> l.startsWith("keyhold.dev/start@v1\n")).count());
  }
}
