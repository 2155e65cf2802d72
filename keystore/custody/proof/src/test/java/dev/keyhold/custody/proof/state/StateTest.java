package dev.keyhold.custody.proof.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.custody.proof.charter.Operation;
import dev.keyhold.custody.proof.charter.UseFacts;
import dev.keyhold.custody.proof.leaf.Leaf;
import dev.keyhold.custody.proof.made.MadeLog;
import dev.keyhold.custody.proof.made.World;
import dev.keyhold.custody.proof.note.Note;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What the gate decides, and that replaying the leaves gives the same. */
class StateTest {
  private static final String FROM = "2026-11-27T22:00:00Z";
  private static final String UNTIL = "2026-11-28T06:00:00Z";

  private final World world = new World();
  private final MadeLog log = new MadeLog(world, World.A1);

  private static UseFacts.Builder open(int object) {
    return MadeLog.open(World.API, object).claims("fraud-review", "INC-1234");
  }

  private String grant(int nonce, int objects, int epochs) {
    byte[] note =
        world.sign(
            world.grant(
                nonce,
                FROM,
                UNTIL,
                World.A1 + " objects " + objects + " epochs " + epochs,
                World.B1 + " objects 250 epochs 0"),
            "carol",
            "alice",
            "bob");
    log.take(note);
    return Note.parse(note).id();
  }

  @Test
  void aGrantCountsDistinctObjects() {
    assertEquals("pending", log.ask(open(1).build()).error());
    String id = grant(1, 3, 0);
    for (int object : new int[] {1, 2, 2, 1, 3, 1}) {
      assertTrue(log.ask(open(object).build()).isAllowed());
    }
    Decision fourth = log.ask(open(4).build());
    assertEquals("pending", fourth.error());
    assertTrue(fourth.message().contains("has opened its 3 objects"), fourth.message());
    assertTrue(log.ask(open(3).build()).isAllowed(), "what was opened may be opened again");
    assertEquals("pending", log.ask(open(5).epoch(true).build()).error());
    assertEquals(3, log.state().grant(id).used(false));
    grant(2, 1, 1);
    assertTrue(log.ask(open(4).build()).isAllowed());
    assertTrue(log.ask(open(5).epoch(true).build()).isAllowed());
    assertEquals("pending", log.ask(open(6).epoch(true).build()).error());
    replay();
  }

  private void replay() {
    State again = new State(World.A1, world.pin());
    for (byte[] leaf : log.leaves()) {
      Applied applied = again.apply(leaf);
      assertTrue(applied.problems().isEmpty(), applied.problems().toString());
      if (!new String(leaf, StandardCharsets.UTF_8).contains("statement@v1")) {
        assertEquals(new String(leaf, StandardCharsets.UTF_8), Leaf.parse(leaf).text());
      }
    }
    assertEquals(log.state().size(), again.size());
  }

  @Test
  void aStolenCertificateOpensWhatTheGrantAllowsAndNoMore() {
    int opened = 0;
    for (int object = 0; object < 1_000; object++) {
      opened += log.state().judge(open(object).build(), log.now()).isAllowed() ? 1 : 0;
    }
    assertEquals(0, opened);
    grant(1, 250, 0);
    for (int object = 0; object < 1_000; object++) {
      opened += log.ask(open(object).build()).isAllowed() ? 1 : 0;
    }
    assertEquals(250, opened);
  }

  @Test
  void aGrantIsForItsWorkloadTenantPurposeTicketAndTime() {
    grant(1, 100, 0);
    assertTrue(log.ask(open(1).build()).isAllowed());
    assertEquals("denied", log.ask(MadeLog.open(World.API, 1).build()).error());
    assertEquals(
        "pending",
        log.ask(MadeLog.open(World.API, 1).claims("fraud-review", "INC-9").build()).error());
    assertEquals(
        "pending",
        log.ask(
                MadeLog.open(World.API, 1)
                    .context("orders", "globex")
                    .claims("fraud-review", "INC-1234")
                    .build())
            .error());
    assertEquals(
        "pending",
        log.ask(
                MadeLog.use(World.API, Operation.DECRYPT, World.ORDERS, 1)
                    .context("orders", "globex")
                    .claims("fraud-review", "INC-1234")
                    .build())
            .error());
    assertEquals(
        "denied", log.ask(MadeLog.open("spiffe://acme/ns/pay/sa/api2", 1).build()).error());
    log.pass(8 * 3600_000L - 1);
    assertTrue(log.ask(open(2).build()).isAllowed());
    log.pass(1);
    assertEquals("pending", log.ask(open(3).build()).error());
    assertEquals(
        "pending",
        log.state().judge(open(3).build(), log.now().minusSeconds(3600)).error(),
        "a clock put back does not open again");
    replay();
  }

  @Test
  void aRevocationEndsAGrantEvenIfItComesFirst() {
    String id = grant(1, 100, 0);
    assertTrue(log.ask(open(1).build()).isAllowed());
    log.take(world.sign(world.revoke(id, 10, 2), "dave"));
    assertEquals("pending", log.ask(open(1).build()).error());
    byte[] second =
        world.sign(
            world.grant(3, FROM, UNTIL, World.A1 + " objects 9 epochs 0"), "carol", "alice", "bob");
    log.take(world.sign(world.revoke(Note.parse(second).id(), 10, 4), "erin"));
    log.take(second);
    assertEquals("pending", log.ask(open(1).build()).error());
    replay();
  }

  @Test
  void aRevocationByPeopleOfAnotherRuleDoesNotCount() {
    String id = grant(1, 100, 0);
    log.take(world.sign(world.revoke(id, 90, 2), "carol"));
    assertTrue(log.ask(open(1).build()).isAllowed());
  }

  @Test
  void freezesStopAndLapse() {
    grant(1, 100, 0);
    UseFacts reports = MadeLog.open(World.REPORTS, 1).build();
    log.take(world.sign(world.freeze("workload api", FROM, "2026-11-27T22:10:00Z", 2), "dave"));
    assertEquals("denied", log.ask(open(1).build()).error());
    assertTrue(log.ask(reports).isAllowed());
    byte[] all = world.sign(world.freeze("all", FROM, "2026-11-27T23:00:00Z", 3), "alice");
    log.take(all);
    assertEquals("denied", log.ask(reports).error());
    log.take(world.sign(world.lift(Note.parse(all).id(), 4), "bob", "erin"));
    assertTrue(log.ask(reports).isAllowed());
    log.pass(600_000);
    assertTrue(log.ask(open(1).build()).isAllowed());
    log.take(
        world.sign(
            world.freeze("person alice", "2026-11-27T22:10:00Z", "2026-11-27T22:20:00Z", 5),
            "bob"));
    assertEquals("pending", log.ask(open(1).build()).error());
    log.pass(600_000);
    assertTrue(log.ask(open(1).build()).isAllowed());
    replay();
  }

  @Test
  void breakGlassNeedsAnAlarmFirst() {
    byte[] note =
        world.sign(
            world.grant(
                90,
                "purpose break-glass",
                1,
                FROM,
                "2026-11-27T22:30:00Z",
                World.A1 + " objects 5 epochs 0"),
            "carol",
            "dave");
    log.take(note);
    UseFacts use = MadeLog.open(World.API, 1).claims("break-glass", null).build();
    assertEquals("pending", log.ask(use).error());
    log.alarm(Note.parse(note).id());
    assertTrue(log.ask(use).isAllowed());
    log.take(world.sign(world.review(Note.parse(note).id(), 2), "bob"));
    assertTrue(log.state().isReviewed(Note.parse(note).id()));
    replay();
  }

  @Test
  void holdIsTheRulesAndNoneWithPeople() {
    assertEquals("5m", log.ask(MadeLog.open(World.REPORTS, 1).build()).hold().text());
    assertNull(
        log.ask(MadeLog.use(World.REPORTS, Operation.SIGN, "pkcs11:object=seal", 1).build())
            .hold());
    grant(1, 1, 0);
    assertEquals("0s", log.ask(open(1).build()).hold().text());
  }

  @Test
  void usesEnd() {
    log.ask(MadeLog.open(World.REPORTS, 1).build());
    assertEquals(1, log.state().openUses().size());
    log.end();
    assertEquals(0, log.state().openUses().size());
  }
}
