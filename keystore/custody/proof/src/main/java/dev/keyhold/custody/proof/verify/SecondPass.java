package dev.keyhold.custody.proof.verify;

import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.charter.CharterLines;
import dev.keyhold.custody.proof.charter.Rule;
import dev.keyhold.custody.proof.leaf.Leaf;
import dev.keyhold.custody.proof.leaf.UseLeaf;
import dev.keyhold.custody.proof.text.Values;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * The second pass over a log: its times beside those of witnesses, and its uses beside what other
 * logs had taken (docs/AUDIT.md, section 7, steps 6, 7 and 10). Not thread-safe.
 */
final class SecondPass {
  private static final Duration SLACK = Duration.ofMinutes(1);
  private static final Duration GAP = Duration.ofMinutes(11);

  private static final byte[] USE = (UseLeaf.KIND + "\n").getBytes(StandardCharsets.US_ASCII);

  private final LogCheck log;
  private final List<LogEvents> others;
  private final VerifyReport report;
  private final Cosignatures cosignatures;
  private Instant first;
  private Instant now;

  /**
   * @param log the log, after its first pass
   * @param others the events of logs with other origins
   */
  SecondPass(LogCheck log, List<LogEvents> others, VerifyReport report) {
    this.log = log;
    this.others = others;
    this.report = report;
    this.cosignatures = new Cosignatures(log.cosigned());
  }

  /** Returns whether there is anything to compare with. */
  private boolean isDue() {
    return !log.cosigned().isEmpty()
        || !others.isEmpty()
        || log.state().chain().versions().stream()
            .anyMatch(charter -> !charter.lines().witnesses().isEmpty());
  }

  void run() throws IOException {
    if (isDue()) {
      RecordFiles.read(
          log.source().folder().resolve("segment"), (index, bytes, hash) -> leaf(index, bytes));
    }
  }

  private void leaf(long index, byte[] bytes) {
    if (log.isNoLeaf(index)) {
      return; // told by the first pass
    }
    Instant written = timeOf(bytes);
    Instant time = now == null || written.isAfter(now) ? written : now;
    now = time;
    first = first == null ? time : first;
    Instant with = cosignatures.earliestWith(index);
    Instant without = cosignatures.latestWithout(index);
    if (with != null && time.isAfter(with.plus(SLACK))) {
      report.add("time", log.origin(), index, time + ", but a witness saw the leaf at " + with);
    } else if (without != null && time.isBefore(without.minus(SLACK))) {
      report.add(
          "time",
          log.origin(),
          index,
          time + ", but a witness saw the log without it at " + without);
    }
    boolean isGap = time.isAfter((without == null ? first : without).plus(GAP));
    Charter charter = log.events().charterAt(index);
    if ((isGap || !others.isEmpty()) && charter != null && isUse(bytes)) {
      UseLeaf use = (UseLeaf) Leaf.parse(bytes);
      if (isGap) {
        witnessGap(use, index, charter);
      }
      late(use, time, index, charter);
    }
  }

  /** Returns the time of a leaf that is known to be one, without parsing all of it. */
  private static Instant timeOf(byte[] leaf) {
    int at = 0;
    while (leaf[at] != '\n') {
      at++;
    }
    return Values.millis(new String(leaf, at + 6, 24, StandardCharsets.US_ASCII));
  }

  private static boolean isUse(byte[] leaf) {
    return leaf.length > USE.length && Arrays.equals(leaf, 0, USE.length, USE, 0, USE.length);
  }

  /** Tells of a use that needed a cosignature, where there was none for too long. */
  private void witnessGap(UseLeaf use, long index, Charter charter) {
    List<CharterLines.Witness> witnesses = charter.lines().witnesses();
    Rule rule = charter.rule(use.rule());
    if (witnesses.stream().anyMatch(CharterLines.Witness::required)
        || (!witnesses.isEmpty() && rule != null && rule.needsPeople())) {
      report.add(
          "witness-gap",
          log.origin(),
          index,
          "no cosignature for more than " + GAP.toMinutes() + " min");
    }
  }

  private void late(UseLeaf use, Instant time, long index, Charter charter) {
    Instant before = time.minus(SLACK);
    String key = charter.keyNameOf(use.facts().key());
    for (LogEvents other : others) {
      if (other.hasCharterAfter(use.charter(), before)) {
        report.add("late-charter", log.origin(), index, "another log had a later charter");
      }
      if (use.grant() != null && other.hasRevoked(use.grant().id(), use.rule(), before)) {
        report.add("late-revocation", log.origin(), index, "another log had the revocation");
      }
      if (other.hasFrozen(use.workload(), key, time, before)) {
        report.add("late-freeze", log.origin(), index, "another log had the freeze");
      }
    }
  }
}
