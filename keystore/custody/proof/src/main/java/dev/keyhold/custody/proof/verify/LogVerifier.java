package dev.keyhold.custody.proof.verify;

import dev.keyhold.custody.proof.charter.Charter;
import dev.keyhold.custody.proof.charter.CharterLines;
import dev.keyhold.custody.proof.statement.Close;
import dev.keyhold.custody.proof.text.Values;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Verifies the logs of a charter, trusting nothing but the pin (docs/AUDIT.md, section 7).
 * Thread-safe: it has no state.
 */
public final class LogVerifier {
  private LogVerifier() {}

  /**
   * Returns what is wrong with logs. A log that can't be read is in the report; nothing is thrown
   * for what the logs hold.
   *
   * @param pin the id of version 1 of the charter
   * @param sources the logs
   */
  public static VerifyReport verify(String pin, List<LogSource> sources) {
    VerifyReport report = new VerifyReport();
    List<LogCheck> readable = new ArrayList<>();
    for (LogSource source : sources) {
      LogCheck check = new LogCheck(source, pin, report);
      try {
        check.run();
        if (check.state() != null) {
          readable.add(check);
        }
      } catch (IOException e) {
        report.addUnreadable(source.folder() + ": " + e);
      }
    }
    List<LogCheck> checks =
        readable.stream().filter(check -> check.state().charter() != null).toList();
    for (LogCheck check : checks) {
      List<LogEvents> others =
          checks.stream()
              .filter(other -> !other.origin().equals(check.origin()))
              .map(LogCheck::events)
              .toList();
      try {
        new SecondPass(check, others, report).run();
      } catch (IOException e) {
        report.addUnreadable(check.source().folder() + ": " + e);
      }
    }
    forks(readable, report);
    closed(checks, report);
    missing(checks, report);
    return report;
  }

  private static void forks(List<LogCheck> checks, VerifyReport report) {
    for (int i = 0; i < checks.size(); i++) {
      for (int j = i + 1; j < checks.size(); j++) {
        if (checks.get(i).origin().equals(checks.get(j).origin())) {
          fork(checks.get(i), checks.get(j), report);
        }
      }
    }
  }

  private static void fork(LogCheck one, LogCheck two, VerifyReport report) {
    try {
      List<byte[]> hashes = new ArrayList<>();
      RecordFiles.read(
          one.source().folder().resolve("segment"), (index, bytes, hash) -> hashes.add(hash));
      long[] first = {-1};
      RecordFiles.read(
          two.source().folder().resolve("segment"),
          (index, bytes, hash) -> {
            if (first[0] < 0
                && index < hashes.size()
                && !Arrays.equals(hash, hashes.get((int) index))) {
              first[0] = index;
            }
          });
      if (first[0] >= 0) {
        report.add(
            "fork",
            one.origin(),
            first[0],
            one.source().folder() + " and " + two.source().folder() + " differ from here on");
      }
    } catch (IOException e) {
      report.addUnreadable(e.toString());
    }
  }

  private static void closed(List<LogCheck> checks, VerifyReport report) {
    for (LogCheck teller : checks) {
      for (Close close : teller.state().closed().values()) {
        for (LogCheck log : checks) {
          if (log.origin().equals(close.log())
              && (log.size() != close.size() || !close.root().equals(Values.hash(log.root())))) {
            report.add(
                "close",
                log.origin(),
                "-",
                "closed with "
                    + close.size()
                    + " leaves and the root "
                    + close.root()
                    + ", has "
                    + log.size()
                    + " and "
                    + Values.hash(log.root()));
          }
        }
      }
    }
  }

  private static void missing(List<LogCheck> checks, VerifyReport report) {
    Charter last = null;
    Set<String> given = new HashSet<>();
    for (LogCheck check : checks) {
      given.add(check.origin());
      Charter charter = check.state().charter();
      if (last == null || charter.version() > last.version()) {
        last = charter;
      }
    }
    if (last != null) {
      for (CharterLines.Log log : last.lines().logs()) {
        if (!given.contains(log.origin())) {
          report.addNotice("log-missing", log.origin(), "-", "no folder of this log was given");
        }
      }
    }
  }
}
