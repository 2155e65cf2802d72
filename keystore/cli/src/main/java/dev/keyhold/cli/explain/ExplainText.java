package dev.keyhold.cli.explain;

import dev.keyhold.cli.command.KeyView;
import dev.keyhold.cli.command.Numbers;
import dev.keyhold.cli.command.Text;
import dev.keyhold.cli.cost.PlanCost;
import dev.keyhold.cli.cost.PlanCost.KeyCost;
import dev.keyhold.cli.cost.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.function.Function;

/** An explanation for people. */
final class ExplainText {
  private static final String CLAIM = " (as configured: nobody verifies it)";

  private final Explanation explained;
  private final StringJoiner lines = new StringJoiner(System.lineSeparator());

  private ExplainText(Explanation explained) {
    this.explained = explained;
  }

  static String of(Explanation explained) {
    return new ExplainText(explained).write();
  }

  private String write() {
    openers();
    explained.keys().forEach(this::key);
    costs();
    lines.add("").add("What stops");
    for (Losses.Loss loss : explained.losses()) {
      lines.add("  without " + Text.printable(loss.lost()));
      table("    ", loss.effects().stream().map(e -> List.of(e.use(), e.outcome())).toList());
    }
    if (!explained.notes().isEmpty()) {
      lines.add("").add("Notes");
      explained.notes().forEach(note -> lines.add("  " + Text.printable(note)));
    }
    return lines.toString();
  }

  private void openers() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of(explained.alias(), explained.newObjects() + " opens new objects"));
    if (!explained.binding().equals(explained.alias())) {
      rows.add(List.of("", "they are bound to " + explained.binding()));
    }
    for (String former : explained.oldObjects()) {
      rows.add(List.of("", former + " opens what was written before (decrypt-with)"));
    }
    table("", rows);
  }

  private void key(ExplainedKey key) {
    lines.add("").add("Key " + Text.printable(key.key()));
    List<List<String>> rows = new ArrayList<>();
    if (key.problem() != null) {
      rows.add(List.of("key", key.problem()));
    } else if (key.told() == null) {
      rows.add(List.of("key", "not asked (--offline)"));
    } else {
      KeyView told = key.told();
      rows.add(
          List.of(
              "key",
              "%s, for: %s, %s, versions: %s, current: %s"
                  .formatted(
                      told.kind(),
                      String.join(", ", told.purposes()),
                      told.state(),
                      told.versions().size(),
                      told.current())));
      rows.add(List.of("uri", told.uri()));
      if (told.protection() != null) {
        rows.add(List.of("protection", told.protection() + " (as the backend names it)"));
      }
    }
    rows.add(List.of("resides", key.residence() == null ? "not known" : key.residence()));
    rows.add(List.of("kept by", key.keptBy() + " (" + key.backendType() + ")"));
    rows.add(List.of("module", claim(key.module(), key.backend(), "module")));
    rows.add(List.of("certificate", claim(key.certificate(), key.backend(), "certificate")));
    table("  ", rows);
  }

  private static String claim(String text, String backend, String option) {
    return text == null
        ? "not configured (backend.%s.%s)".formatted(backend, option)
        : text + CLAIM;
  }

  private void costs() {
    lines.add("").add("Calls, dollars, revocation");
    basis();
    List<List<String>> rows = new ArrayList<>();
    row(rows, "", (plan, first) -> plan.plan() + (first ? " (now)" : ""));
    row(rows, "calls", (plan, first) -> plan.calls());
    int keys = explained.costs().get(0).keys().size();
    for (int i = 0; i < keys; i++) {
      int at = i;
      if (!counted(at)) {
        continue;
      }
      String name = explained.costs().get(0).keys().get(i).key();
      row(rows, name + ": calls a month", at, cost -> count(cost.callsPerMonth()));
      row(rows, name + ": dollars a month", at, ExplainText::dollars);
      row(rows, name + ": busiest second", at, ExplainText::busiest);
    }
    if (keys > 1 && explained.costs().stream().anyMatch(p -> p.callsPerMonth() != null)) {
      row(rows, "all: calls a month", (plan, first) -> count(plan.callsPerMonth()));
      row(
          rows,
          "all: dollars a month",
          (plan, first) ->
              plan.dollarsPerMonth() == null ? "-" : Numbers.dollars(plan.dollarsPerMonth()));
    }
    row(rows, "revocation takes effect", (plan, first) -> plan.revocation());
    row(rows, "out of reach", (plan, first) -> plan.outage());
    table("  ", rows);
    boolean priced =
        explained.costs().stream()
            .flatMap(plan -> plan.keys().stream())
            .anyMatch(cost -> cost.callDollars() != null);
    if (priced) {
      lines.add("  " + explained.prices());
    }
  }

  /** Returns whether anything is known of how often a key is called. */
  private boolean counted(int key) {
    return explained.costs().stream().anyMatch(p -> p.keys().get(key).callsPerMonth() != null);
  }

  private void basis() {
    Workload workload = explained.workload();
    if (explained.measuredOver() != null) {
      lines.add(
          "  as it is now: measured in one process for "
              + Duration.parse(explained.measuredOver()).toSeconds()
              + " s, as if it went on so in all");
    }
    if (workload == null) {
      if (explained.measuredOver() == null) {
        lines.add("  (for calls and dollars a month give --objects, --reads and --processes)");
      }
      return;
    }
    lines.add(
        String.format(
            Locale.ROOT,
            "  a month is 30 days with %s objects written by %d processes, and %s read by %d%s;",
            Numbers.count(workload.objects()),
            workload.processes(),
            Numbers.count(workload.reads()),
            workload.readers(),
            (workload.tenants() == 1 ? "" : ", of %s tenants".formatted(workload.tenants()))
                + (workload.purposes() == 1
                    ? ""
                    : ", for %s purposes".formatted(workload.purposes()))));
    lines.add(
        "  the busiest second has the calls of "
            + Numbers.count(Math.round(workload.peak()))
            + " average ones (--peak)");
  }

  /** The text of one cell. */
  @FunctionalInterface
  private interface Cell {
    String of(PlanCost plan, boolean first);
  }

  private void row(List<List<String>> rows, String name, Cell cell) {
    List<String> row = new ArrayList<>(List.of(name));
    for (PlanCost plan : explained.costs()) {
      row.add(cell.of(plan, row.size() == 1));
    }
    rows.add(row);
  }

  private void row(List<List<String>> rows, String name, int key, Function<KeyCost, String> cell) {
    row(rows, name, (plan, first) -> cell.apply(plan.keys().get(key)));
  }

  private static String count(Long number) {
    return number == null ? "-" : Numbers.count(number);
  }

  private static String dollars(KeyCost cost) {
    if (cost.callDollars() == null) {
      return cost.callsPerMonth() == null ? "-" : "no price is known";
    }
    String calls = Numbers.dollars(cost.callDollars());
    return cost.keyDollars() == null
        ? calls
        : calls + ", and " + Numbers.dollars(cost.keyDollars()) + " for the key";
  }

  private static String busiest(KeyCost cost) {
    if (cost.peakPerSecond() == null) {
      return "-";
    }
    String calls = String.format(Locale.ROOT, "%,.1f calls", cost.peakPerSecond());
    return cost.quotaShare() == null
        ? calls + "; no quota is known"
        : calls
            + ", %s of %s"
                .formatted(
                    Numbers.percent(cost.quotaShare()),
                    Numbers.count(Math.round(cost.quotaPerSecond())));
  }

  private void table(String indent, List<List<String>> rows) {
    List<List<String>> printable =
        rows.stream().map(row -> row.stream().map(Text::printable).toList()).toList();
    Text.table(printable).lines().forEach(line -> lines.add(indent + line));
  }
}
