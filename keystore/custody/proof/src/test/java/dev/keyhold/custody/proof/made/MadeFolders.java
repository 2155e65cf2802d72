package dev.keyhold.custody.proof.made;

import dev.keyhold.custody.proof.verify.Finding;
import dev.keyhold.custody.proof.verify.LogSource;
import dev.keyhold.custody.proof.verify.LogVerifier;
import dev.keyhold.custody.proof.verify.VerifyReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/**
 * Writes folders of logs, whole ones and faulty ones, for a second verifier. Each has {@code pin},
 * {@code about}, the logs {@code a1} and perhaps {@code b1}, perhaps the mirror {@code a1.mirror},
 * and {@code expected}: the exit code and the sorted lines {@code <code> <origin> <place>}, those
 * of notices with {@code notice} before them.
 */
public final class MadeFolders {
  private MadeFolders() {}

  /** Takes the folder to write into, the first seed and the number of folders. */
  public static void main(String[] args) throws IOException {
    for (int seed = Integer.parseInt(args[1]), end = seed + Integer.parseInt(args[2]);
        seed < end;
        seed++) {
      make(Path.of(args[0]).resolve(Integer.toString(seed)), seed);
    }
  }

  /** Writes the folder of a seed. */
  public static void make(Path folder, int seed) throws IOException {
    Random random = new Random(seed);
    World world = new World();
    MadeLog log = RandomLog.make(world, World.A1, seed, 40 + random.nextInt(300));
    Path a1 = folder.resolve("a1");
    Path mirror = folder.resolve("a1.mirror");
    Path b1 = folder.resolve("b1");
    boolean mirrored = random.nextBoolean();
    String about = "whole";
    if (seed % 4 == 1) {
      about = LeafFaults.apply(world, log, World.A1, seed / 4);
      log.checkpoint(true);
    }
    if (seed % 8 == 2) {
      about = "another log";
      MadeLog other = new MadeLog(world, World.B1);
      other.pass(random.nextInt(200_000));
      RandomLog.extend(world, other, World.B1, seed + 1000, 60);
      other.write(b1);
    }
    log.write(a1);
    if (seed % 8 == 6) {
      about = "the rest of the log is lost";
      RandomLog.extend(world, log, World.A1, seed + 2000, 30);
    }
    if (mirrored) {
      log.writeHeads(mirror);
    }
    if (seed % 4 == 3) {
      about = FileFaults.apply(mirrored && seed % 16 == 3 ? mirror : a1, random);
    }
    Files.writeString(folder.resolve("pin"), world.pin() + "\n");
    Files.writeString(folder.resolve("about"), about + "\n");
    List<LogSource> sources = new ArrayList<>();
    sources.add(new LogSource(a1, Files.isDirectory(mirror) ? mirror : null));
    if (Files.isDirectory(b1)) {
      sources.add(new LogSource(b1, null));
    }
    Files.writeString(
        folder.resolve("expected"), expected(LogVerifier.verify(world.pin(), sources)));
  }

  /** Returns the lines in which two verifiers must agree. */
  public static String expected(VerifyReport report) {
    TreeSet<String> lines = new TreeSet<>();
    for (Finding finding : report.findings()) {
      lines.add(
          (finding.isNotice() ? "notice " : "")
              + finding.code()
              + " "
              + finding.origin()
              + " "
              + finding.place());
    }
    return "exit " + report.exitCode() + "\n" + String.join("\n", lines) + "\n";
  }
}
