package dev.keyhold.cli.custody;

import dev.keyhold.cli.command.CommandFailure;
import dev.keyhold.cli.command.ExitCode;
import dev.keyhold.custody.proof.ProofException;
import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.charter.CharterDiff;
import dev.keyhold.custody.proof.charter.UseFacts;
import dev.keyhold.custody.proof.leaf.DeniedLeaf;
import dev.keyhold.custody.proof.leaf.Leaf;
import dev.keyhold.custody.proof.leaf.UseLeaf;
import dev.keyhold.custody.proof.verify.LogFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Recorded uses and denials, judged by two versions of a charter. Not thread-safe. */
final class ReplayedUses {
  private final Charter from;
  private final Charter to;
  private final Map<String, Long> otherwise = new TreeMap<>();
  private long uses;
  private long denials;

  ReplayedUses(Charter from, Charter to) {
    this.from = from;
    this.to = to;
  }

  void read(Path log) throws IOException, CommandFailure {
    long leaves;
    try {
      leaves = LogFolder.read(log, (index, leaf) -> take(leaf));
    } catch (ProofException e) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "%s: a leaf can't be read: %s; keyhold custody verify says which"
              .formatted(log, e.getMessage()),
          e);
    }
    if (leaves == 0) {
      throw new CommandFailure(
          ExitCode.FAILED, log + " is not the folder of a log: it has no leaves");
    }
  }

  private void take(Leaf leaf) {
    if (leaf instanceof UseLeaf use) {
      uses++;
      judge(use.facts());
    } else if (leaf instanceof DeniedLeaf denied
        && denied.facts().operation() != null
        && denied.facts().key() != null) {
      denials++;
      judge(denied.facts());
    }
  }

  private void judge(UseFacts use) {
    String verdicts = CharterDiff.otherwise(use, from, to);
    if (verdicts != null) {
      otherwise.merge(
          "%s %s by %s%s: %s"
              .formatted(use.operation(), use.key(), use.identity(), stated(use), verdicts),
          1L,
          Long::sum);
    }
  }

  private static String stated(UseFacts use) {
    return (use.tenant() == null ? "" : " tenant " + use.tenant())
        + (use.purpose() == null ? "" : " purpose " + use.purpose());
  }

  /** Returns how many were judged otherwise, and how; then how many were judged. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    long changed = 0;
    for (Map.Entry<String, Long> entry : otherwise.entrySet()) {
      changed += entry.getValue();
      lines.add(entry.getValue() + " x " + entry.getKey());
    }
    lines.add(
        "%s recorded uses and %s denials: %s are judged otherwise"
            .formatted(uses, denials, changed));
    return lines;
  }
}
