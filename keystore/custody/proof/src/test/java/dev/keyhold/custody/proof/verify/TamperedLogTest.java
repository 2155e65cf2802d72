package dev.keyhold.custody.proof.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyhold.custody.proof.log.Hashes;
import dev.keyhold.custody.proof.log.Records;
import dev.keyhold.custody.proof.made.FileFaults;
import dev.keyhold.custody.proof.made.MadeLog;
import dev.keyhold.custody.proof.made.MadeTiles;
import dev.keyhold.custody.proof.made.RandomLog;
import dev.keyhold.custody.proof.made.World;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every change to what a checkpoint has seen is found. */
class TamperedLogTest {
  @TempDir Path folder;

  private final World world = new World();

  private List<String> verify() {
    return LogVerifierTest.codes(
        LogVerifier.verify(world.pin(), List.of(new LogSource(folder, null))));
  }

  private void writeSegment(List<byte[]> leaves) throws IOException {
    ByteArrayOutputStream segment = new ByteArrayOutputStream();
    for (byte[] leaf : leaves) {
      segment.writeBytes(Records.encode(leaf, Hashes.leaf(leaf)));
    }
    Files.write(folder.resolve("segment/00000000"), segment.toByteArray());
  }

  /** The one who changes leaves also makes their check values anew, and all tiles if he likes. */
  private void eachIsFound(int leaves, int tries) throws IOException {
    MadeLog log = RandomLog.make(world, World.A1, 3, leaves);
    log.write(folder);
    assertEquals(List.of(), verify());
    Random random = new Random(4);
    int size = log.leaves().size();
    for (int i = 0; i < tries; i++) {
      List<byte[]> changed = new ArrayList<>(log.leaves());
      int at = random.nextInt(size);
      switch (i % 4) {
        case 0 -> {
          byte[] leaf = changed.get(at).clone();
          leaf[random.nextInt(leaf.length)] ^= (byte) (1 << random.nextInt(8));
          changed.set(at, leaf);
        }
        case 1 -> changed.remove(at);
        case 2 -> Collections.swap(changed, at, at == 0 ? 1 : at - 1);
        default -> changed = changed.subList(0, at == 0 ? 1 : at);
      }
      writeSegment(changed);
      boolean tiles = random.nextBoolean();
      if (tiles) {
        MadeTiles.write(folder, changed, Math.min(size, changed.size()));
      }
      List<String> found = verify();
      assertTrue(
          found.contains("root checkpoint") || found.contains("truncated -"), i + ": " + found);
      if (!tiles && i % 4 == 0) {
        assertTrue(found.contains("leaf-hash " + at), at + ": " + found);
      }
      if (tiles) {
        MadeTiles.write(folder, log.leaves(), size);
      }
    }
  }

  @Test
  void changedDeletedSwappedAndCutLeavesAreFound() throws IOException {
    eachIsFound(100, 24);
  }

  @Test
  @Tag("soak")
  void thoseOfFiveThousandLeavesAreFound() throws IOException {
    eachIsFound(5_000, 400);
  }

  private int changesOfRecords(int leaves, int step) throws IOException {
    MadeLog log = RandomLog.make(world, World.A1, 5, leaves);
    int changes = 0;
    for (byte[] leaf : log.leaves()) {
      byte[] record = Records.encode(leaf, Hashes.leaf(leaf));
      for (int at = changes % step; at < record.length; at += step) {
        record[at] ^= (byte) (1 << (changes % 8));
        Records.Read read = Records.read(new ByteArrayInputStream(record));
        assertNotEquals(Records.End.RECORD, read.end());
        record[at] ^= (byte) (1 << (changes % 8));
        changes++;
      }
    }
    return changes;
  }

  @Test
  void aChangedByteOfARecordIsFound() throws IOException {
    assertTrue(changesOfRecords(200, 1) > 20_000);
  }

  @Test
  @Tag("soak")
  void everyChangedByteOfFiveThousandRecordsIsFound() throws IOException {
    System.out.println(changesOfRecords(5_000, 1) + " bytes of records changed, each found");
  }

  @Test
  void everyChangedByteOfATileIsFoundAndMostOfBundles() throws IOException {
    MadeLog log = RandomLog.make(world, World.A1, 6, 300);
    log.write(folder);
    List<byte[]> hashes = log.leaves().stream().map(Hashes::leaf).toList();
    int changes = 0;
    for (Path file : FileFaults.files(folder.resolve("tile"))) {
      int step = file.toString().contains("entries") ? 211 : 13;
      for (int at = 0; at < Files.size(file); at += step) {
        FileFaults.flip(file, at, changes % 8);
        VerifyReport report = new VerifyReport();
        TileCheck check = new TileCheck(folder, World.A1, report);
        for (int i = 0; i < hashes.size(); i++) {
          check.add(log.leaves().get(i), hashes.get(i));
        }
        check.end(hashes.size());
        assertEquals(1, report.findings().size(), file + " " + at);
        FileFaults.flip(file, at, changes++ % 8);
      }
    }
    assertTrue(changes > 1_000, "" + changes);
  }

  @Test
  void everyChangedBitOfACheckpointIsFound() throws IOException {
    MadeLog log = new MadeLog(world, World.A1);
    log.checkpoint(true);
    log.write(folder);
    byte[] good = Files.readAllBytes(folder.resolve("checkpoint"));
    for (int bit = 0; bit < good.length * 8; bit++) {
      byte[] changed = good.clone();
      changed[bit / 8] ^= (byte) (1 << (bit % 8));
      Files.write(folder.resolve("checkpoint"), changed);
      Heads.Head head = Heads.read(folder).last();
      assertNotNull(
          Heads.problem(head, World.A1, List.of(world.present()), new ArrayList<>()), "bit " + bit);
    }
  }

  @Test
  void whatIsDoneToAnyFileIsFoundOrHarmless() throws IOException {
    MadeLog log = RandomLog.make(world, World.A1, 7, 80);
    for (int seed = 0; seed < 24; seed++) {
      for (Path file : Files.exists(folder) ? FileFaults.files(folder) : List.<Path>of()) {
        Files.delete(file);
      }
      log.write(folder);
      String what = FileFaults.apply(folder, new Random(seed));
      // a lost history loses information, but the log is the same; a file beside the checkpoint is
      // not part of
      // it
      boolean harmless =
          what.equals("checkpoint copied beside itself as 7")
              || what.equals("history/00000000 deleted")
              || what.startsWith("history/00000000 cut");
      VerifyReport report = LogVerifier.verify(world.pin(), List.of(new LogSource(folder, null)));
      boolean told =
          report.findings().stream().anyMatch(f -> f.code().equals("torn-tail")) || harmless;
      assertTrue(report.exitCode() > 0 || told, what + ": " + report.findings());
    }
  }

  @Test
  @Tag("soak")
  void speedIsReported() throws IOException {
    MadeLog log = new MadeLog(world, World.A1);
    log.checkpoint(true);
    for (int i = 0; i < 100_000; i++) {
      log.ask(MadeLog.open(World.REPORTS, i).version("1").build());
      if (i % 256 == 255) {
        log.end();
      }
      log.pass(1);
    }
    log.checkpoint(true);
    log.write(folder);
    for (int round = 0; round < 4; round++) {
      long start = System.nanoTime();
      VerifyReport report = LogVerifier.verify(world.pin(), List.of(new LogSource(folder, null)));
      double seconds = (System.nanoTime() - start) / 1e9;
      assertEquals(0, report.exitCode());
      System.out.printf(
          "%,d leaves in %.2f s: %,.0f leaves/s%n",
          report.leaves(), seconds, report.leaves() / seconds);
    }
  }
}
