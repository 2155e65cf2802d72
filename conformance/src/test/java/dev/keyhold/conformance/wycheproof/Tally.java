package dev.keyhold.conformance.wycheproof;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.opentest4j.TestAbortedException;

/** What came of one file under one check: a row of the table. */
final class Tally {
  private final String file;
  private final String subject;
  private int passed;
  private final List<String> failures = new ArrayList<>();
  private final Map<String, Integer> skips = new TreeMap<>();

  Tally(String file, String subject) {
    this.file = file;
    this.subject = subject;
  }

  /** Runs vectors and counts them. */
  void run(Check check, List<Vector> vectors) {
    for (Vector vector : vectors) {
      try {
        check.run(vector);
        passed++;
      } catch (TestAbortedException e) {
        skip(e.getMessage(), 1);
      } catch (Exception | AssertionError e) {
        failures.add(vector + ": " + subject + ": " + e);
      }
    }
  }

  void skip(String reason, int count) {
    skips.merge(reason, count, Integer::sum);
  }

  /** Counts vectors as failed that could not even be tried. */
  void fail(String reason, int count) {
    failures.addAll(Collections.nCopies(count, reason));
  }

  /** Whether any vector was not skipped. */
  boolean hasRun() {
    return passed > 0 || !failures.isEmpty();
  }

  String file() {
    return file;
  }

  String subject() {
    return subject;
  }

  int passed() {
    return passed;
  }

  int failed() {
    return failures.size();
  }

  int skipped() {
    return skips.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** One line each: file, tcId, comment, flags, and what happened. */
  List<String> failures() {
    return failures;
  }

  /** Why vectors were skipped, with their number where there is more than one reason. */
  String reasons() {
    if (skips.size() == 1) {
      return skips.keySet().iterator().next();
    }
    return skips.entrySet().stream()
        .map(skip -> skip.getValue() + " " + skip.getKey())
        .collect(Collectors.joining("; "));
  }
}
