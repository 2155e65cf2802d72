package dev.keyhold.custody.proof.charter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.made.MadeLog;
import dev.keyhold.custody.proof.made.TestKeys;
import dev.keyhold.custody.proof.made.World;
import dev.keyhold.custody.proof.note.Note;
import dev.keyhold.custody.proof.note.VerifierKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a charter may say, who may say it, and what it means. */
class CharterTest {
  private final World world = new World();

  private Charter with(String from, String to) {
    String text = world.present().text();
    assertTrue(text.contains(from), from);
    return Charter.parse(text.replace(from, to));
  }

  private void refused(String from, String to, String message) {
    ProofException error = assertThrows(ProofException.class, () -> with(from, to));
    assertTrue(error.getMessage().contains(message), error.getMessage());
  }

  @Test
  void aDraftMayHaveCommentsAndBlanks() {
    String text = world.present().text();
    StringBuilder draft = new StringBuilder("# ours\n\n");
    for (String line : text.lines().toList()) {
      draft.append("  ").append(line.replace(" ", "   ")).append("\t # why\r\n");
    }
    assertEquals(text, Charter.parseDraft(draft.toString()).text());
    assertThrows(ProofException.class, () -> Charter.parse(draft.toString()));
  }

  @Test
  void contradictionsAreRefused() {
    refused("owners 2 of", "owners 4 of", "owners");
    refused("owners 2 of", "owners 0 of", "owners");
    refused("owners 2 of alice", "owners 2 of zoe", "zoe");
    refused("group security alice dave", "group security alice zoe", "zoe");
    refused("needs 1 security 1 data-owner", "needs 3 security 1 data-owner", "more people");
    refused("needs 1 security 1 data-owner", "needs 1 nobody 1 data-owner", "nobody");
    refused("rule 30", "rule 15", "ascend");
    refused("rule 30 open orders", "rule 30 open invoices", "invoices");
    refused("rule 30 open", "rule 30 open,unwrap", "twice");
    refused("rule 30 open", "rule 30 opens", "opens");
    refused(
        "by reports binding orders tenant acme", "by nobody binding orders tenant acme", "nobody");
    refused("tenant acme hold", "tenant ac* hold", "star");
    refused("max 8h 1000-objects", "max 8h 100001-objects", "100000");
    refused("max 30m 200-objects review 5d", "max 30m", "missing");
    refused("hold 5m", "max 5m 1-objects", "max");
    refused("key seal pkcs11:object=seal", "key seal pkcs11:object=orders", "stands twice");
    refused("workload api spiffe://acme/ns/pay/sa/api", "workload api api.acme.example", "api");
    refused("workload api spiffe://acme/ns/pay/sa/api", "workload api *", "api");
    refused("version 1\n", "version 2\n", "previous");
    refused("name acme-prod", "name Acme", "name");
  }

  @Test
  void onePublicKeyIsOfOnePerson() {
    String alice = world.key("alice").toString();
    String again = VerifierKey.of("zoe", TestKeys.ed25519(10).getPublic()).toString();
    ProofException error =
        assertThrows(
            ProofException.class, () -> with("person bob", "person zoe " + again + "\nperson bob"));
    assertTrue(error.getMessage().contains("zoe") && error.getMessage().contains("alice"));
    refused("person bob", "person alice " + alice + "\nperson bob", "same public key");
    String log = VerifierKey.of("zoe", world.keyPair(World.A1).getPublic()).toString();
    refused("person bob", "person zoe " + log + "\nperson bob", "same public key");
  }

  @Test
  void theNextVersionIsSignedByOwnersOfTheOneBefore() {
    CharterChain chain = new CharterChain(world.pin());
    chain.add(chain.check(Note.parse(world.charters().get(0))));
    Charter next = world.next(world.body("rule 1 sign seal by api\n"), "alice", "bob");
    Note good = Note.parse(world.charters().get(1));
    assertEquals(next.id(), chain.check(good).id());
    refuses(chain, "quorum", next.text(), "alice");
    refuses(chain, "quorum", next.text(), "alice", "dave", "erin");
    refuses(chain, "quorum", next.text(), "erin", "erin-card");
    refuses(chain, "signature", next.text(), "alice", "alice");
    refuses(chain, "signature", next.text(), "alice", "bob", "frank");
    refuses(chain, "charter-chain", next.text().replace("version 2", "version 3"), "alice", "bob");
    refuses(
        chain, "charter-chain", next.text().replace("name acme-prod", "name acme"), "alice", "bob");
    refuses(
        chain,
        "charter-chain",
        next.text().replace(world.pin(), "sha256:" + "0".repeat(64)),
        "alice",
        "bob");
    String frank =
        next.text()
            .replace("group security", "person frank " + world.key("frank") + "\ngroup security");
    refuses(chain, "quorum", frank, "alice", "bob");
    assertEquals(2, chain.check(Note.parse(world.sign(frank, "alice", "bob", "frank"))).version());
  }

  private void refuses(CharterChain chain, String code, String text, String... by) {
    Note note = Note.parse(world.sign(text, by));
    assertEquals(code, assertThrows(ProofException.class, () -> chain.check(note)).code());
  }

  @Test
  void theFirstVersionIsPinnedAndSignedByEveryKey() {
    Charter first = world.present();
    CharterChain chain = new CharterChain(world.pin());
    refuses(chain, "quorum", first.text(), "alice", "bob", "carol", "dave", "erin");
    refuses(new CharterChain("sha256:" + "0".repeat(64)), "charter-chain", first.text(), "alice");
  }

  @Test
  void theFirstMatchingRuleDecides() {
    Charter charter = world.present();
    assertEquals(
        20, rule(MadeLog.use(World.API, Operation.WRAP, World.ORDERS, 1).context("orders", "x")));
    assertEquals(30, rule(MadeLog.open(World.REPORTS, 1)));
    assertEquals(10, rule(MadeLog.open(World.API, 1).claims("fraud-review", "INC-7")));
    assertEquals(90, rule(MadeLog.open(World.API, 1).claims("break-glass", null)));
    for (UseFacts.Builder none :
        List.of(
            MadeLog.open(World.API, 1),
            MadeLog.open(World.API, 1).claims("fraud-review", null),
            MadeLog.open(World.API, 1).claims("fraud-review", "inc-7"),
            MadeLog.open(World.API, 1).claims("Fraud-review", "INC-7"),
            MadeLog.open(World.REPORTS, 1).context("orders", "globex"),
            MadeLog.open(World.REPORTS, 1).context("orders", null),
            MadeLog.use(World.REPORTS, Operation.UNWRAP, "pkcs11:object=ORDERS", 1)
                .context("orders", "acme"))) {
      UseFacts use = none.build();
      assertNull(charter.firstMatch(use, charter.workloadOf(use.identity())), use.toString());
    }
    String why =
        charter.whyNone(MadeLog.open(World.API, 1).claims("fraud-review", null).build(), "api");
    assertTrue(why.contains("rule 10: ticket INC-* is required"), why);
    assertNull(charter.workloadOf("spiffe://acme/ns/pay/sa/api/x"));
    assertTrue(charter.maySee("reports", "pkcs11:object=seal"));
    assertFalse(charter.maySee("api", "pkcs11:object=seal"));
  }

  private int rule(UseFacts.Builder builder) {
    UseFacts use = builder.build();
    return world.present().firstMatch(use, world.present().workloadOf(use.identity())).number();
  }

  @Test
  void onePersonFillsOnePlace() {
    Charter charter = with("group security alice dave", "group security alice bob");
    Rule rule = charter.rule(10);
    assertTrue(charter.fills(rule, Set.of("alice", "bob")));
    assertTrue(charter.fills(rule, Set.of("bob", "erin")));
    assertFalse(charter.fills(rule, Set.of("bob")));
    assertFalse(charter.fills(rule, Set.of("alice", "dave")));
  }

  @Test
  void checkTellsTheLeastNumberOfPeople() {
    CharterCheck check = CharterCheck.of(world.present());
    List<String> lines = new ArrayList<>();
    check.thresholds().forEach(threshold -> lines.add(threshold.toString()));
    assertEquals(
        List.of(
            "api opens orders by rule 90: 1 person (1 of oncall), and another one who asks",
            "reports opens orders by rule 30: nobody is asked"),
        lines);
    Charter hidden =
        with(
            "rule 10 open",
            "rule 5 open orders by api needs 2 oncall max 1h 1-objects\nrule 10 open");
    assertEquals(2, CharterCheck.of(hidden).thresholds().get(0).people());
    assertTrue(
        CharterCheck.of(hidden).warnings().toString().contains("rule 90 is never reached"),
        CharterCheck.of(hidden).warnings().toString());
  }

  @Test
  void checkWarns() {
    warns("owners 2 of", "owners 3 of", "one lost key");
    warns("needs 1 security 1", "needs 2 security 1", "nobody can be absent");
    warns("owners 2 of", "owners 2 of", "the owner alice also approves by rule 10");
    warns("spiffe://acme/ns/bi/sa/reports", "spiffe://acme/*", "also matches that of");
    warns("group freezer alice bob dave erin", "group freezer alice", "can't lift");
  }

  private void warns(String from, String to, String warning) {
    String warnings = CharterCheck.of(with(from, to)).warnings().toString();
    assertTrue(warnings.contains(warning), warnings);
  }

  @Test
  void diffTellsLinesAndUses() {
    Charter before = world.present();
    Charter after = with("tenant acme hold 5m", "tenant acme hold 1m");
    assertEquals(
        List.of(
            "- rule 30 open orders by reports binding orders tenant acme hold 5m",
            "+ rule 30 open orders by reports binding orders tenant acme hold 1m"),
        CharterDiff.lines(before, after));
    assertEquals(
        "rule 30: allowed, hold 5m -> rule 30: allowed, hold 1m",
        CharterDiff.otherwise(MadeLog.open(World.REPORTS, 1).build(), before, after));
    assertNull(CharterDiff.otherwise(MadeLog.open(World.API, 1).build(), before, after));
  }
}
