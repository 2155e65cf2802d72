package dev.keyhold.custody.proof.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.custody.proof.made.LeafFaults;
import dev.keyhold.custody.proof.made.MadeLog;
import dev.keyhold.custody.proof.made.World;
import dev.keyhold.custody.proof.note.Note;
import dev.keyhold.custody.proof.text.Values;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a custodian writes against the rules is found, though its log is signed and consistent. */
class LeafFaultsTest {
  @TempDir Path folder;

  private final World world = new World();

  private static List<String> codes(VerifyReport report) {
    return LogVerifierTest.codes(report);
  }

  @Test
  void eachFaultIsFoundAtItsLeaf() throws IOException {
    int number = 0;
    for (String name : LeafFaults.all().keySet()) {
      MadeLog log = new MadeLog(world, World.A1);
      log.checkpoint(true);
      int before = log.leaves().size();
      LeafFaults.apply(world, log, World.A1, number);
      log.checkpoint(true);
      Path place = folder.resolve("log" + number++);
      log.write(place);
      List<String> codes =
          codes(LogVerifier.verify(world.pin(), List.of(new LogSource(place, null))));
      String code = name.replaceAll(" .*", "");
      assertTrue(
          codes.stream().anyMatch(found -> found.startsWith(code + " ")), name + ": " + codes);
      for (String found : codes) {
        assertTrue(Integer.parseInt(found.replaceAll(".* ", "")) >= before, name + ": " + found);
      }
    }
  }

  private VerifyReport verify(MadeLog... logs) throws IOException {
    List<LogSource> sources = new ArrayList<>();
    for (MadeLog log : logs) {
      Path place = folder.resolve("several" + sources.size());
      log.checkpoint(true);
      log.write(place);
      sources.add(new LogSource(place, null));
    }
    return LogVerifier.verify(world.pin(), sources);
  }

  private byte[] grant(int nonce) {
    return world.sign(
        world.grant(
            nonce,
            "2026-11-27T22:00:00Z",
            "2026-11-28T06:00:00Z",
            World.A1 + " objects 5 epochs 0",
            World.B1 + " objects 5 epochs 0"),
        "carol",
        "alice",
        "bob");
  }

  @Test
  void whatAnotherLogHadEndedIsFoundAfterAMinute() throws IOException {
    MadeLog a1 = new MadeLog(world, World.A1);
    MadeLog b1 = new MadeLog(world, World.B1);
    byte[] grant = grant(1);
    a1.take(grant);
    b1.take(grant);
    b1.take(world.sign(world.revoke(Note.parse(grant).id(), 10, 2), "dave"));
    b1.take(
        world.sign(
            world.freeze("workload reports", "2026-11-27T22:00:00Z", "2026-11-27T23:00:00Z", 3),
            "dave"));
    world.next(world.body(World.RULES), "alice", "bob");
    b1.take(world.charters().get(1));
    a1.pass(60_000);
    a1.ask(MadeLog.open(World.API, 1).claims("fraud-review", "INC-1234").build());
    a1.ask(MadeLog.open(World.REPORTS, 1).build());
    a1.pass(1);
    int late = a1.leaves().size();
    a1.ask(MadeLog.open(World.API, 1).claims("fraud-review", "INC-1234").build());
    a1.ask(MadeLog.open(World.REPORTS, 1).build());
    assertEquals(
        List.of(
            "late-charter " + late, "late-revocation " + late,
            "late-charter " + (late + 1), "late-freeze " + (late + 1)),
        codes(verify(a1, b1)));
  }

  @Test
  void aClosedLogIsAsItWas() throws IOException {
    MadeLog a1 = new MadeLog(world, World.A1);
    a1.ask(MadeLog.open(World.REPORTS, 1).build());
    MadeLog b1 = new MadeLog(world, World.B1);
    String root = Values.hash(a1.root());
    b1.take(world.sign(world.close(World.A1, a1.leaves().size(), root, 1), "alice", "bob"));
    assertEquals(List.of(), codes(verify(a1, b1)));
    a1.ask(MadeLog.open(World.REPORTS, 2).build());
    assertEquals(List.of("close -"), codes(verify(a1, b1)));
  }

  @Test
  void twoLogsOfOneKeyAreAFork() throws IOException {
    MadeLog one = new MadeLog(world, World.A1);
    MadeLog two = new MadeLog(world, World.A1);
    one.ask(MadeLog.open(World.REPORTS, 1).build());
    assertEquals(List.of(), codes(verify(one, two)));
    two.ask(MadeLog.open(World.REPORTS, 2).build());
    assertEquals(List.of("fork 2"), codes(verify(one, two)));
  }

  @Test
  void anOlderCopyIsFoundByTheMirror() throws IOException {
    MadeLog log = new MadeLog(world, World.A1);
    log.checkpoint(true);
    Path place = folder.resolve("older");
    Path mirror = folder.resolve("mirror");
    log.write(place);
    log.writeHeads(mirror);
    VerifyReport whole = LogVerifier.verify(world.pin(), List.of(new LogSource(place, mirror)));
    assertEquals(List.of(), codes(whole));
    log.ask(MadeLog.open(World.REPORTS, 1).build());
    log.checkpoint(true);
    log.writeHeads(mirror);
    VerifyReport report = LogVerifier.verify(world.pin(), List.of(new LogSource(place, mirror)));
    assertEquals(List.of("mirror -"), codes(report));
    MadeLog other = new MadeLog(world, World.A1);
    other.ask(MadeLog.open(World.REPORTS, 2).build());
    other.checkpoint(true);
    other.write(folder.resolve("rewritten"));
    assertEquals(
        List.of("mirror -"),
        codes(
            LogVerifier.verify(
                world.pin(), List.of(new LogSource(folder.resolve("rewritten"), mirror)))));
  }

  @Test
  void noticesChangeNoExitCode() throws IOException {
    MadeLog log = new MadeLog(world, World.A1);
    byte[] note =
        world.sign(
            world.grant(
                90,
                "purpose break-glass",
                1,
                "2026-11-27T22:00:00Z",
                "2026-11-27T22:30:00Z",
                World.A1 + " objects 5 epochs 0"),
            "carol",
            "dave");
    log.take(note);
    log.alarm(Note.parse(note).id());
    log.ask(MadeLog.open(World.API, 1).claims("break-glass", null).build());
    log.pass(6L * 24 * 3600 * 1000);
    log.checkpoint(true);
    log.take(
        world.sign(world.freeze("all", "2026-12-03T22:00:00Z", "2026-12-03T23:00:00Z", 7), "dave"));
    log.checkpoint(false);
    log.write(folder);
    VerifyReport report = LogVerifier.verify(world.pin(), List.of(new LogSource(folder, null)));
    List<String> notices =
        report.findings().stream().map(f -> f.code() + " " + f.place()).sorted().toList();
    assertEquals(List.of("log-missing -", "log-missing -", "no-end 4", "review-due 2"), notices);
    assertEquals(0, report.exitCode());
  }
}
