package dev.keyhold.custody.proof.made;

import dev.keyhold.custody.proof.charter.Operation;
import dev.keyhold.custody.proof.charter.UseFacts;
import dev.keyhold.custody.proof.leaf.StartLeaf;
import dev.keyhold.custody.proof.note.Note;
import dev.keyhold.custody.proof.text.Values;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Makes logs of many kinds of leaves, the same for the same seed: statements by several people,
 * uses, denials, outcomes, restarts, charters, checkpoints.
 */
public final class RandomLog {
  private final World world;
  private final MadeLog log;
  private final Random random;
  private final List<String> grants = new ArrayList<>();
  private final List<String> freezes = new ArrayList<>();
  private int nonce;

  private RandomLog(World world, MadeLog log, Random random) {
    this.world = world;
    this.log = log;
    this.random = random;
  }

  /** Returns a log with this many leaves at least, and a cosigned checkpoint at its end. */
  public static MadeLog make(World world, String origin, long seed, int leaves) {
    MadeLog log = new MadeLog(world, origin);
    extend(world, log, origin, seed, leaves);
    return log;
  }

  /** Adds leaves to a log. */
  public static void extend(World world, MadeLog log, String origin, long seed, int leaves) {
    RandomLog maker = new RandomLog(world, log, new Random(seed));
    maker.nonce = (int) seed * 10_000 + 1;
    log.checkpoint(true);
    int until = log.leaves().size() + leaves;
    while (log.leaves().size() < until) {
      maker.step(origin);
    }
    log.checkpoint(true);
  }

  private void step(String origin) {
    log.pass(random.nextInt(4000));
    switch (random.nextInt(24)) {
      case 0 -> grant(origin);
      case 1 -> breakGlass(origin);
      case 2 -> revoke();
      case 3 -> freeze();
      case 4 -> lift();
      case 5 -> review();
      case 6 -> charter();
      case 7 -> log.append(new StartLeaf(log.now(), origin, world.pin(), "keyhold/0.1.0", null));
      case 8, 9 -> log.end();
      case 10 -> log.checkpoint(random.nextBoolean());
      default -> use();
    }
    if (log.leaves().size() % 50 == 0) {
      log.checkpoint(true);
    }
  }

  private void use() {
    int object = random.nextInt(40);
    UseFacts.Builder use =
        switch (random.nextInt(6)) {
          case 0 -> MadeLog.open(World.REPORTS, object);
          case 1 -> MadeLog.open(World.API, object).claims("break-glass", null);
          case 2 ->
              MadeLog.use(World.API, Operation.WRAP, World.ORDERS, object)
                  .context("orders", "acme")
                  .confirm(random.nextBoolean());
          case 3 -> MadeLog.use(World.REPORTS, Operation.SIGN, "pkcs11:object=seal", object);
          case 4 ->
              MadeLog.open("spiffe://acme/ns/x/sa/other", object).claims("m\u00fcll er", null);
          default ->
              MadeLog.open(World.API, object)
                  .claims("fraud-review", random.nextInt(8) == 0 ? null : "INC-1234")
                  .epoch(random.nextInt(10) == 0);
        };
    log.ask(use.version("1").build());
  }

  private String seconds(long after) {
    return Values.seconds(Instant.ofEpochSecond(log.now().getEpochSecond() + after));
  }

  private void grant(String origin) {
    byte[] note =
        world.sign(
            world.grant(
                nonce++,
                seconds(0),
                seconds(60 + random.nextInt(3600)),
                origin + " objects " + (1 + random.nextInt(30)) + " epochs " + random.nextInt(3),
                World.A2 + " objects 7 epochs 0"),
            "carol",
            random.nextBoolean() ? "alice" : "dave",
            random.nextBoolean() ? "bob" : "erin-card");
    log.take(note);
    grants.add(Note.parse(note).id());
  }

  private void breakGlass(String origin) {
    byte[] note =
        world.sign(
            world.grant(
                90,
                "purpose break-glass",
                nonce++,
                seconds(0),
                seconds(600),
                origin + " objects 10 epochs 0"),
            "carol",
            "dave");
    log.take(note);
    grants.add(Note.parse(note).id());
    log.alarm(Note.parse(note).id());
  }

  private void revoke() {
    if (!grants.isEmpty()) {
      String grant = grants.get(random.nextInt(grants.size()));
      log.take(
          world.sign(
              world.revoke(grant, log.state().grant(grant).grant().rule(), nonce++), "dave"));
    }
  }

  private void freeze() {
    String what = List.of("workload api", "key seal", "person dave", "all").get(random.nextInt(4));
    byte[] note = world.sign(world.freeze(what, seconds(0), seconds(30), nonce++), "erin");
    log.take(note);
    freezes.add(Note.parse(note).id());
  }

  private void lift() {
    if (!freezes.isEmpty()) {
      log.take(world.sign(world.lift(freezes.remove(0), nonce++), "erin", "dave"));
    }
  }

  private void review() {
    if (!grants.isEmpty()) {
      String grant = grants.get(random.nextInt(grants.size()));
      for (String owner : List.of("alice", "bob")) {
        if (!log.state().grant(grant).signers().contains(world.key(owner))) {
          log.take(world.sign(world.review(grant, nonce++), owner));
          return;
        }
      }
    }
  }

  private void charter() {
    if (random.nextInt(4) == 0) {
      world.next(world.body(World.RULES), random.nextBoolean() ? "alice" : "carol", "bob");
      log.take(world.charters().get(world.charters().size() - 1));
    }
  }
}
