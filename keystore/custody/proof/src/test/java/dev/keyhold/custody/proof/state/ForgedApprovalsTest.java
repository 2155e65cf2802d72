package dev.keyhold.custody.proof.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.charter.UseFacts;
import dev.keyhold.custody.proof.made.MadeLog;
import dev.keyhold.custody.proof.made.World;
import dev.keyhold.custody.proof.note.Note;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** No approval counts that people did not give for just this. */
class ForgedApprovalsTest {
  private static final String FROM = "2026-11-27T22:00:00Z";
  private static final String UNTIL = "2026-11-28T06:00:00Z";
  private static final String SHARE = World.A1 + " objects 500 epochs 0";

  private final World world = new World();
  private final MadeLog log = new MadeLog(world, World.A1);

  private Map<String, byte[]> good() {
    Map<String, byte[]> notes = new LinkedHashMap<>();
    String grant = world.grant(1, FROM, UNTIL, SHARE);
    notes.put("grant", world.sign(grant, "carol", "alice", "bob"));
    notes.put("revoke", world.sign(world.revoke(Note.idOf(grant), 10, 2), "erin-card"));
    notes.put("freeze", world.sign(world.freeze("all", FROM, UNTIL, 3), "dave"));
    notes.put("lift", world.sign(world.lift(Note.idOf(grant), 4), "dave", "bob"));
    notes.put(
        "close",
        world.sign(world.close(World.A2, 5, "sha256:" + "1".repeat(64), 5), "alice", "bob"));
    world.next(world.body(World.RULES), "alice", "carol");
    notes.put("charter", world.charters().get(1));
    return notes;
  }

  private int acceptedWithABitFlipped(byte[] note, int step) {
    log.state().check(note, log.now());
    int accepted = 0;
    for (int bit = 0; bit < note.length * 8; bit += step) {
      byte[] forged = note.clone();
      forged[bit / 8] ^= (byte) (1 << (bit % 8));
      try {
        log.state().check(forged, log.now());
        accepted++;
      } catch (ProofException e) {
        assertFalse(e.getMessage().isEmpty());
      }
    }
    return accepted;
  }

  @Test
  void aFlippedBitOfATextOrSignatureIsRefused() {
    good().forEach((kind, note) -> assertEquals(0, acceptedWithABitFlipped(note, 9), kind));
  }

  @Test
  @Tag("soak")
  void everyFlippedBitOfATextOrSignatureIsRefused() {
    good()
        .forEach(
            (kind, note) -> {
              assertEquals(0, acceptedWithABitFlipped(note, 1), kind);
              System.out.println(kind + ": " + note.length * 8 + " bits flipped, 0 accepted");
            });
  }

  private void refused(String code, String text, String... by) {
    byte[] note = world.sign(text, by);
    ProofException error =
        assertThrows(ProofException.class, () -> log.state().check(note, log.now()));
    assertEquals(code, error.code(), error.getMessage());
  }

  private String grant(int nonce) {
    return world.grant(nonce, FROM, UNTIL, SHARE);
  }

  @Test
  void peopleWhoDoNotCount() {
    refused("signature", grant(1), "carol", "alice", "alice");
    refused("quorum", grant(2), "carol", "erin", "erin-card");
    refused("quorum", grant(3), "carol", "alice", "dave");
    refused("quorum", grant(4), "alice", "bob", "dave");
    refused("quorum", grant(5), "carol", "bob");
    refused("quorum", grant(6), "carol");
    refused("signature", grant(7), "carol", "alice", "bob", "frank");
    refused("signature", grant(8), "carol", "alice", "bob", World.A1);
    String alone =
        world.grant(
            90,
            "purpose break-glass",
            9,
            FROM,
            "2026-11-27T22:30:00Z",
            World.A1 + " objects 1 epochs 0");
    refused("quorum", alone, "carol");
    log.state().check(world.sign(alone, "carol", "erin"), log.now());
  }

  @Test
  void errorsSayWhichSignatureAndWhoIsMissing() {
    byte[] note = world.sign(grant(1), "carol", "alice", "bob");
    byte[] other = world.sign(grant(2), "carol", "alice", "bob");
    Note mixed =
        new Note(
            Note.parse(note).text(),
            List.of(
                Note.parse(note).signatures().get(0),
                Note.parse(note).signatures().get(1),
                Note.parse(other).signatures().get(2)));
    ProofException error =
        assertThrows(ProofException.class, () -> log.state().check(mixed.toBytes(), log.now()));
    assertEquals("signature 3 (bob) does not verify", error.getMessage());
    error =
        assertThrows(
            ProofException.class,
            () -> log.state().check(world.sign(grant(3), "carol", "dave"), log.now()));
    assertTrue(
        error.getMessage().contains("needs 1 of security and 1 of data-owner")
            && error.getMessage().endsWith("signed by dave"),
        error.getMessage());
  }

  @Test
  void grantsForSomethingElse() {
    refused(
        "grant-elsewhere",
        world.grant(1, FROM, UNTIL, World.B1 + " objects 5 epochs 0"),
        "carol",
        "alice",
        "bob");
    refused(
        "expired", world.grant(2, "2026-11-27T21:00:00Z", FROM, SHARE), "carol", "alice", "bob");
    refused(
        "grant-terms",
        world.grant(3, FROM, "2026-11-28T06:00:01Z", SHARE),
        "carol",
        "alice",
        "bob");
    refused(
        "grant-terms",
        world.grant(4, FROM, UNTIL, SHARE, World.B1 + " objects 501 epochs 0"),
        "carol",
        "alice",
        "bob");
    refused(
        "grant-terms",
        world.grant(5, FROM, UNTIL, World.A1 + " objects 1 epochs 6"),
        "carol",
        "alice",
        "bob");
    refused(
        "grant-terms",
        world.grant(6, FROM, UNTIL, SHARE, "elsewhere.example/x objects 1 epochs 0"),
        "carol",
        "alice",
        "bob");
    refused(
        "grant-terms",
        grant(7).replace("workload api", "workload reports"),
        "carol",
        "alice",
        "bob");
    refused("grant-terms", grant(8).replace("rule 10", "rule 20"), "carol", "alice", "bob");
    refused(
        "grant-terms",
        grant(9).replace("open orders", "open,sign orders"),
        "carol",
        "alice",
        "bob");
    refused(
        "charter-chain", grant(10).replace("acme-prod 1", "acme-prod 2"), "carol", "alice", "bob");
    refused("charter-chain", new World().grant(11, FROM, UNTIL, SHARE), "carol", "alice", "bob");
    refused("statement-syntax", grant(12).replace("open orders", "* orders"), "carol", "alice");
  }

  @Test
  void aSignerWhoWasRemovedCountsNoMore() {
    byte[] before = world.sign(grant(1), "carol", "alice", "bob");
    byte[] later = world.sign(grant(2), "carol", "alice", "bob");
    log.take(before);
    UseFacts use = MadeLog.open(World.API, 1).claims("fraud-review", "INC-1234").build();
    assertTrue(log.state().judge(use, log.now()).isAllowed());
    String body =
        world
            .body(World.RULES)
            .replaceAll("person bob .*\n", "")
            .replace("of alice bob carol", "of alice carol")
            .replace(" bob ", " dave ");
    body =
        body.replace("group security alice dave", "group security alice")
            .replace("freezer alice dave dave erin", "freezer alice dave erin");
    world.next(body, "alice", "carol");
    log.take(world.charters().get(1));
    Decision decision = log.state().judge(use, log.now());
    assertEquals("pending", decision.error());
    assertTrue(decision.message().contains("signed by alice"), decision.message());
    ProofException error =
        assertThrows(ProofException.class, () -> log.state().check(later, log.now()));
    assertEquals("quorum", error.code());
  }

  @Test
  void freezesAndLiftsNeedTheirPeople() {
    refused("quorum", world.freeze("all", FROM, UNTIL, 1), "carol");
    refused("quorum", world.freeze("all", FROM, "2026-11-28T06:00:01Z", 2), "dave");
    refused("quorum", world.freeze("all", FROM, "2026-11-28T06:00:01Z", 3), "erin", "erin-card");
    log.state()
        .check(
            world.sign(world.freeze("all", FROM, "2026-12-28T06:00:01Z", 4), "dave", "bob"),
            log.now());
    log.state()
        .check(
            world.sign(world.freeze("all", FROM, "2026-12-28T06:00:01Z", 5), "alice", "carol"),
            log.now());
    refused("quorum", world.lift("sha256:" + "1".repeat(64), 6), "dave");
    refused("quorum", world.revoke("sha256:" + "1".repeat(64), 10, 7), "carol");
    refused("quorum", world.revoke("sha256:" + "1".repeat(64), 20, 8), "alice");
    refused("quorum", world.close(World.A2, 5, "sha256:" + "1".repeat(64), 9), "alice", "dave");
    refused("grant-terms", world.close(World.A1, 5, "sha256:" + "1".repeat(64), 9), "alice", "bob");
  }
}
