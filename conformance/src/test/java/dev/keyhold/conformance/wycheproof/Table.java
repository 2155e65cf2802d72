package dev.keyhold.conformance.wycheproof;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** The table of all files: one row for each file and check. */
final class Table {
  private static final List<String> TITLES =
      List.of("file", "under test", "passed", "failed", "skipped", "reason");

  private final List<Tally> rows = new ArrayList<>();

  void add(Tally row) {
    rows.add(row);
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  @Override
  public String toString() {
    List<List<String>> lines = new ArrayList<>();
    lines.add(TITLES);
    for (Tally row : rows) {
      lines.add(
          line(
              row.file(), row.subject(), row.passed(), row.failed(), row.skipped(), row.reasons()));
    }
    lines.add(line("total", "", sum(Tally::passed), sum(Tally::failed), sum(Tally::skipped), ""));
    StringBuilder text = new StringBuilder();
    for (List<String> line : lines) {
      StringBuilder padded = new StringBuilder();
      for (int column = 0; column < line.size(); column++) {
        padded.append(line.get(column)).append(" ".repeat(padding(lines, line, column)));
      }
      text.append(padded.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private int sum(ToIntFunction<Tally> count) {
    return rows.stream().mapToInt(count).sum();
  }

  private static List<String> line(
      String file, String subject, int passed, int failed, int skipped, String reasons) {
    return List.of(
        file,
        subject,
        String.valueOf(passed),
        String.valueOf(failed),
        String.valueOf(skipped),
        reasons);
  }

  private static int padding(List<List<String>> lines, List<String> line, int column) {
    int width = 0;
    for (List<String> other : lines) {
      width = Math.max(width, other.get(column).length());
    }
    return width - line.get(column).length() + 2;
  }
}
