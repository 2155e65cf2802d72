package dev.keyhold.custody.proof.made;

import dev.keyhold.custody.proof.charter.Operation;
import dev.keyhold.custody.proof.leaf.EndLeaf;
import dev.keyhold.custody.proof.leaf.StartLeaf;
import dev.keyhold.custody.proof.leaf.StatementLeaf;
import dev.keyhold.custody.proof.leaf.UseLeaf;
import dev.keyhold.custody.proof.note.Note;
import dev.keyhold.custody.proof.text.Term;
import dev.keyhold.custody.proof.text.Values;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What a custodian does wrong, or is made to do: each appends leaves that a verifier must find. */
public final class LeafFaults {
  private final World world;
  private final MadeLog log;
  private final String origin;
  private int nonce = 5_000_000;

  private LeafFaults(World world, MadeLog log, String origin) {
    this.world = world;
    this.log = log;
    this.origin = origin;
  }

  /** Returns the faults by the codes that they lead to. */
  public static Map<String, Consumer<LeafFaults>> all() {
    Map<String, Consumer<LeafFaults>> all = new LinkedHashMap<>();
    all.put("judged-otherwise", faults -> faults.use("globex", 30, null, Term.parse("5m")));
    all.put("judged-otherwise hold", faults -> faults.use("acme", 30, null, null));
    all.put("judged-otherwise rule", faults -> faults.use("acme", 20, null, Term.parse("5m")));
    all.put("grant", faults -> faults.byGrant("sha256:" + "0".repeat(64), 1, 1, 0));
    all.put("grant revoked", LeafFaults::revoked);
    all.put("grant-exceeded", LeafFaults::exceeded);
    all.put("count", faults -> faults.byGrant(faults.grant(5), 2, 5, 900));
    all.put("frozen", LeafFaults::frozen);
    all.put("alarm-missing", LeafFaults::noAlarm);
    all.put(
        "end",
        f ->
            f.log.appendWrong(
                new EndLeaf(f.log.now(), List.of(new EndLeaf.Outcome(0, "done", null))).toBytes()));
    all.put(
        "leaf-syntax", f -> f.log.appendWrong("nonsense\n".getBytes(StandardCharsets.US_ASCII)));
    all.put(
        "start",
        f ->
            f.log.appendWrong(
                new StartLeaf(f.log.now(), World.B1 + "x", f.world.pin(), "keyhold/0.1.0", null)
                    .toBytes()));
    all.put(
        "time",
        f ->
            f.log.appendWrong(
                new StartLeaf(
                        f.log.now().minusSeconds(3600),
                        f.origin,
                        f.world.pin(),
                        "keyhold/0.1.0",
                        null)
                    .toBytes()));
    all.put("quorum", f -> f.statement(f.text(10, 0), "carol", "alice"));
    all.put("signature", f -> f.statement(f.text(10, 0), "carol", "alice", "bob", "frank"));
    all.put("duplicate", LeafFaults::duplicate);
    all.put(
        "grant-elsewhere",
        f ->
            f.statement(
                f.world.grant(f.nonce++, f.at(0), f.at(600), World.A2 + " objects 1 epochs 0"),
                "carol",
                "alice",
                "bob"));
    all.put(
        "expired",
        f ->
            f.statement(
                f.world.grant(f.nonce++, f.at(-600), f.at(-1), f.origin + " objects 1 epochs 0"),
                "carol",
                "alice",
                "bob"));
    all.put("grant-terms", f -> f.statement(f.text(1001, 0), "carol", "alice", "bob"));
    all.put("grant-terms epochs", f -> f.statement(f.text(1, 6), "carol", "alice", "bob"));
    all.put(
        "charter-chain",
        f ->
            f.statement(
                f.text(1, 0).replaceFirst("acme-prod [0-9]+", "acme-prod 99"),
                "carol",
                "alice",
                "bob"));
    all.put(
        "statement-syntax",
        f -> f.log.refused(f.world.sign(f.text(1, 0).replace("asked-by", "asked--by"), "carol")));
    all.put(
        "quorum freeze",
        f -> f.statement(f.world.freeze("all", f.at(0), f.at(8 * 3600 + 1), f.nonce++), "dave"));
    all.put(
        "quorum lift",
        f -> f.statement(f.world.lift("sha256:" + "1".repeat(64), f.nonce++), "dave"));
    all.put(
        "quorum close",
        f ->
            f.statement(
                f.world.close(World.A2, 7, "sha256:" + "1".repeat(64), f.nonce++), "dave", "bob"));
    all.put("witness-gap", LeafFaults::gap);
    all.put("time cosigned", LeafFaults::clockBack);
    return all;
  }

  /** Does the fault with this number, modulo how many there are, and returns its name. */
  public static String apply(World world, MadeLog log, String origin, int number) {
    List<String> names = List.copyOf(all().keySet());
    String name = names.get(number % names.size());
    all().get(name).accept(new LeafFaults(world, log, origin));
    return name;
  }

  private String at(long after) {
    return Values.seconds(Instant.ofEpochSecond(log.now().getEpochSecond() + after));
  }

  private String text(int objects, int epochs) {
    return world.grant(
        nonce++, at(0), at(600), origin + " objects " + objects + " epochs " + epochs);
  }

  private void statement(String text, String... by) {
    log.appendWrong(new StatementLeaf(log.now(), world.sign(text, by)).toBytes());
  }

  private String grant(int objects) {
    byte[] note = world.sign(text(objects, 0), "carol", "alice", "bob");
    log.take(note);
    return Note.parse(note).id();
  }

  private void use(String tenant, int rule, UseLeaf.Counted grant, Term hold) {
    log.appendWrong(
        new UseLeaf(
                log.now(),
                MadeLog.open(World.REPORTS, 77).context("orders", tenant).build(),
                "reports",
                log.state().charter().version(),
                rule,
                grant,
                hold)
            .toBytes());
  }

  private void byGrant(String grant, int used, int most, int object) {
    log.appendWrong(
        new UseLeaf(
                log.now(),
                MadeLog.open(World.API, object).claims("fraud-review", "INC-1234").build(),
                "api",
                log.state().charter().version(),
                10,
                new UseLeaf.Counted(grant, used, most),
                Term.ZERO)
            .toBytes());
  }

  private void revoked() {
    String grant = grant(5);
    log.take(world.sign(world.revoke(grant, 10, nonce++), "erin-card"));
    byGrant(grant, 1, 5, 901);
  }

  private void exceeded() {
    String grant = grant(2);
    for (int i = 1; i <= 3; i++) {
      byGrant(grant, i, 2, 910 + i);
    }
  }

  private void frozen() {
    log.take(world.sign(world.freeze("key orders", at(0), at(3600), nonce++), "bob"));
    use("acme", 30, null, Term.parse("5m"));
  }

  private void noAlarm() {
    byte[] note =
        world.sign(
            world.grant(
                90,
                "purpose break-glass",
                nonce++,
                at(0),
                at(600),
                origin + " objects 10 epochs 0"),
            "carol",
            "dave");
    log.take(note);
    log.appendWrong(
        new UseLeaf(
                log.now(),
                MadeLog.open(World.API, 5).claims("break-glass", null).build(),
                "api",
                log.state().charter().version(),
                90,
                new UseLeaf.Counted(Note.parse(note).id(), 1, 10),
                Term.ZERO)
            .toBytes());
  }

  private void duplicate() {
    byte[] note = world.sign(world.freeze("key seal", at(0), at(1), nonce++), "bob");
    log.take(note);
    log.refused(note);
  }

  private void gap() {
    String grant = grant(5);
    log.checkpoint(true);
    log.append(
        new UseLeaf(
            log.pass(661_000).now(),
            MadeLog.use(World.REPORTS, Operation.SIGN, "pkcs11:object=seal", 1).build(),
            "reports",
            log.state().charter().version(),
            40,
            null,
            null));
    log.appendWrong(
        new StatementLeaf(log.now(), world.sign(text(3, 0), "carol", "dave", "erin")).toBytes());
    byGrant(grant, 1, 5, 902);
    byGrant(List.copyOf(log.state().grants()).get(log.state().grants().size() - 1).id(), 1, 3, 903);
  }

  private void clockBack() {
    log.checkpoint(log.now().plusSeconds(120));
    use("acme", 30, null, Term.parse("5m"));
    log.checkpoint(log.now());
  }
}
