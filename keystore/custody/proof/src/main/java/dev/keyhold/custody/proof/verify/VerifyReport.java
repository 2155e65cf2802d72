package dev.keyhold.custody.proof.verify;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a verification found in all logs. Not thread-safe while it is filled. */
public final class VerifyReport {
  private static final int MOST = 100_000;

  private final Map<String, Finding> findings = new LinkedHashMap<>();
  private final List<String> unreadable = new ArrayList<>();
  private long leaves;

  VerifyReport() {}

  void add(String code, String origin, Object place, String text) {
    put(new Finding(code, origin, place.toString(), text, false));
  }

  void addNotice(String code, String origin, Object place, String text) {
    put(new Finding(code, origin, place.toString(), text, true));
  }

  /** One code at one place is told once, and a log of nonsense does not fill the memory. */
  private void put(Finding finding) {
    if (findings.size() < MOST) {
      findings.putIfAbsent(
          finding.code() + " " + finding.origin() + " " + finding.place(), finding);
    }
  }

  void addUnreadable(String text) {
    unreadable.add(text);
  }

  void addLeaves(long count) {
    leaves += count;
  }

  /** Returns the findings and notices. */
  public List<Finding> findings() {
    return List.copyOf(findings.values());
  }

  /** Returns which folders could not be read, and why. */
  public List<String> unreadable() {
    return List.copyOf(unreadable);
  }

  /** Returns how many leaves were read. */
  public long leaves() {
    return leaves;
  }

  /** Returns 0 if all is whole, 1 if there are findings, 2 if a log could not be read. */
  public int exitCode() {
    if (!unreadable.isEmpty()) {
      return 2;
    }
    return findings.values().stream().allMatch(Finding::isNotice) ? 0 : 1;
  }
}
