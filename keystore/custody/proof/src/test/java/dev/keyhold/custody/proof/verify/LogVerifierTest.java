package dev.keyhold.custody.proof.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.custody.proof.leaf.UseLeaf;
import dev.keyhold.custody.proof.log.TlogProof;
import dev.keyhold.custody.proof.made.MadeLog;
import dev.keyhold.custody.proof.made.RandomLog;
import dev.keyhold.custody.proof.made.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log as a custodian writes it is whole; what is done to its files is found and placed. */
class LogVerifierTest {
  @TempDir Path folder;

  private List<String> verify(World world, Path... folders) {
    return codes(
        LogVerifier.verify(
            world.pin(), List.of(folders).stream().map(f -> new LogSource(f, null)).toList()));
  }

  static List<String> codes(VerifyReport report) {
    return report.findings().stream()
        .filter(finding -> !finding.isNotice())
        .map(finding -> finding.code() + " " + finding.place())
        .toList();
  }

  @Test
  void logsOfManySeedsAreWhole() throws IOException {
    for (int seed = 0; seed < 6; seed++) {
      World world = new World();
      MadeLog log = RandomLog.make(world, World.A1, seed, 300);
      Path place = folder.resolve("log" + seed);
      log.write(place);
      VerifyReport report = LogVerifier.verify(world.pin(), List.of(new LogSource(place, null)));
      assertEquals(List.of(), codes(report), "seed " + seed);
      assertEquals(0, report.exitCode());
      assertEquals(log.leaves().size(), report.leaves());
    }
  }

  @Test
  void aLogThatIsNotThereIsNotReadable() {
    World world = new World();
    VerifyReport report =
        LogVerifier.verify(world.pin(), List.of(new LogSource(folder.resolve("none"), null)));
    assertEquals(2, report.exitCode());
    assertTrue(report.unreadable().get(0).contains("none"));
  }

  @Test
  void anotherPinIsFound() throws IOException {
    World world = new World();
    RandomLog.make(world, World.A1, 1, 20).write(folder);
    VerifyReport report =
        LogVerifier.verify("sha256:" + "0".repeat(64), List.of(new LogSource(folder, null)));
    assertTrue(
        codes(report).containsAll(List.of("start 0", "charter-chain 1", "charter-chain -")),
        codes(report).toString());
    assertEquals(1, report.exitCode());
  }

  @Test
  void aMissingCheckpointTileAndStrayFileAreFound() throws IOException {
    World world = new World();
    MadeLog log = RandomLog.make(world, World.A1, 2, 600);
    log.write(folder);
    Files.delete(folder.resolve("checkpoint"));
    Files.delete(folder.resolve("tile/0/000"));
    Files.writeString(folder.resolve("tile/0/notes"), "hello");
    assertEquals(
        List.of("stray tile/0/notes", "checkpoint checkpoint", "tile-missing tile/0/000"),
        verify(world, folder));
  }

  @Test
  void leavesAreReadAndProvedFromTheFolder() throws IOException {
    World world = new World();
    MadeLog log = RandomLog.make(world, World.A1, 8, 300);
    log.write(folder);
    List<Long> uses = new ArrayList<>();
    long count =
        LogFolder.read(
            folder,
            (index, leaf) -> {
              if (leaf instanceof UseLeaf) {
                uses.add(index);
              }
            });
    assertEquals(log.leaves().size(), count);
    assertFalse(uses.isEmpty());
    for (long index : new long[] {0, 255, uses.get(0), count - 1}) {
      TlogProof proof = LogFolder.prove(folder, index);
      proof.verify(log.leaves().get((int) index));
    }
    assertThrows(IllegalArgumentException.class, () -> LogFolder.prove(folder, count));
  }
}
