package dev.keyhold.conformance.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.keyhold.conformance.clients.Compatibility.Row;
import dev.keyhold.conformance.clients.Compatibility.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * COMPATIBILITY.md is what the tests of this package measured. Runs after them, in the phase {@code
 * verify}. A column of a JDK or a backend that was not there is taken from the page as it is. With
 * {@code -Dcompatibility.write=true} this test writes the page anew.
 */
class CompatibilityPageTest {
  private static final Path PAGE = Path.of("..", "docs", "COMPATIBILITY.md");
  private static final List<String> JDKS = List.of("17", "25");
  private static final String NOTHING = "-";

  /** A JDK and a backend. */
  private record Column(String jdk, Place place) {
    String title() {
      return "%s %s".formatted(jdk, place);
    }
  }

  private final List<Column> columns =
      JDKS.stream()
          .flatMap(jdk -> List.of(Place.values()).stream().map(place -> new Column(jdk, place)))
          .toList();

  @Test
  void thePageSaysWhatWasMeasured() throws IOException {
    Map<Column, Map<Row, String>> measured = measured();
    Assumptions.assumeFalse(measured.isEmpty(), "nothing was measured: run the tests before");
    String committed = Files.exists(PAGE) ? Files.readString(PAGE) : "";
    String page = page(merged(measured, read(committed)));
    if (Boolean.getBoolean("compatibility.write")) {
      Files.writeString(PAGE, page);
    }
    assertEquals(page, Files.readString(PAGE));
  }

  private Map<Column, Map<Row, String>> measured() throws IOException {
    Map<Column, Map<Row, String>> measured = new LinkedHashMap<>();
    for (Column column : columns) {
      Path file = Compatibility.file(column.jdk());
      for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
        String[] parts = line.split("\t", -1);
        if (parts[3].equals(column.place().toString())) {
          Row row = new Row(Table.valueOf(parts[0]), parts[1], parts[2]);
          measured.computeIfAbsent(column, c -> new LinkedHashMap<>()).put(row, parts[4]);
        }
      }
    }
    return measured;
  }

  /** What was measured, and what the page says of the rest. */
  private Map<Column, Map<Row, String>> merged(
      Map<Column, Map<Row, String>> measured, Map<Column, Map<Row, String>> committed) {
    Map<Column, Map<Row, String>> merged = new LinkedHashMap<>();
    for (Column column : columns) {
      Map<Row, String> old = committed.getOrDefault(column, Map.of());
      Map<Row, String> cells = new LinkedHashMap<>(measured.getOrDefault(column, Map.of()));
      Set<Table> tables = cells.keySet().stream().map(Row::table).collect(Collectors.toSet());
      old.forEach(
          (row, cell) -> {
            if (!tables.contains(row.table())) {
              cells.put(row, cell); // "make test" and "make apps" each measure some tables
            }
          });
      cells.replaceAll(
          (row, cell) ->
              cell.equals(Compatibility.UNKNOWN) ? old.getOrDefault(row, NOTHING) : cell);
      merged.put(column, cells);
    }
    return merged;
  }

  // ---- the page

  private String page(Map<Column, Map<Row, String>> cells) {
    List<String> lines = new ArrayList<>();
    lines.add("# Compatibility");
    lines.add("");
    lines.add("Programs and libraries that know nothing of Keyhold, each with private keys that");
    lines.add(
        "never leave their backend. Written by `CompatibilityPageTest` from what the tests of");
    lines.add("`conformance` measured; do not edit.");
    lines.add("");
    lines.add("Columns are JDKs and backends. pkcs11 is a SoftHSM2 token, aws-kms the emulator");
    lines.add(
        "ministack, google-kms a fake of the service. `-` is what was not tried. The notes at");
    lines.add("the end say what else the words mean, and where Keyhold stood in the list of");
    lines.add("providers.");
    for (Table table : Table.values()) {
      Set<Row> rows =
          cells.values().stream()
              .flatMap(map -> map.keySet().stream())
              .filter(row -> row.table() == table)
              .collect(Collectors.toSet());
      if (!rows.isEmpty()) {
        add(lines, table, rows, cells);
      }
    }
    lines.add("");
    lines.addAll(NOTES);
    lines.add("");
    return String.join("\n", lines);
  }

  private static final List<String> NOTES =
      List.of(
          "## Notes",
          "",
          "- Place in the list of providers: servers with HttpsURLConnection, libraries, and the",
          "  calls with a key of the JDK: first and last. HttpClient and `openssl s_client`:"
              + " first,",
          "  as the tools. SSLSocket, many handshakes, and the other counts of calls: last.",
          "- Certificates are of a chain of three, and clients check the host's name. The client's",
          "  certificate is of the same kind of key; there is none in RSA PKCS#1 where the key"
              + " does",
          "  PSS too, and none with `openssl s_client`.",
          "- RSA in TLS 1.2: the JDK goes for PSS where the key does both. PKCS#1 there is what",
          "  OpenSSL asked for. An RSA key of Google signs in one way only: one key for each.",
          "- \"Keyhold first\": the library sets the parameters of a `Signature` before its key.",
          "  The first provider with that algorithm then stays (DIFFERENCES, provider order).",
          "- bcpkix asks for PSS by names of its own, such as `SHA256withRSAandMGF1`, which"
              + " Keyhold",
          "  has and the JDK's providers have not.",
          "- `-sigalg`: the JDK chose a digest that the service does not have for the key, and the",
          "  error named the right `-sigalg`; with that it works.",
          "- Netty is given a key manager. Its and gRPC's commonest call, `forServer(key, chain)`,",
          "  puts the key into a PKCS12 in memory, for which the JDK's throws (DIFFERENCES):",
          "  with the security property `keystore.type=KeyholdPKCS12` it works unchanged, and",
          "  `forServer(KeyholdKeyManagers.factory(key, chain))` needs none (`ForServerTest`)."
              + " Both",
          "  need the JDK's engine; gRPC's `TlsServerCredentials` then takes a key manager as"
              + " well.");

  private void add(
      List<String> lines, Table table, Set<Row> rows, Map<Column, Map<Row, String>> cells) {
    lines.add("");
    lines.add("## " + table.title());
    lines.add("");
    lines.add(line("client", "what", columns.stream().map(Column::title).toList()));
    lines.add("|---|---" + "|---".repeat(columns.size()) + "|");
    rows.stream()
        .sorted(Comparator.comparing(Row::client).thenComparing(Row::what))
        .forEach(
            row ->
                lines.add(
                    line(
                        row.client(),
                        row.what(),
                        columns.stream()
                            .map(column -> cells.get(column).getOrDefault(row, NOTHING))
                            .toList())));
  }

  private static String line(String client, String what, List<String> cells) {
    return "| %s | %s | %s |".formatted(client, what, String.join(" | ", cells));
  }

  /** What a page says; nothing of a column that it does not have. */
  private Map<Column, Map<Row, String>> read(String page) {
    Map<String, Table> titles = new TreeMap<>();
    for (Table table : Table.values()) {
      titles.put("## " + table.title(), table);
    }
    Map<Column, Map<Row, String>> cells = new LinkedHashMap<>();
    Table table = null;
    for (String line : page.lines().toList()) {
      table = titles.getOrDefault(line, line.startsWith("#") ? null : table);
      String[] parts = line.split(" *\\| *", -1);
      boolean isRow = parts.length == columns.size() + 4 && !parts[1].equals("client");
      if (table != null && isRow && !line.startsWith("|---")) {
        for (int i = 0; i < columns.size(); i++) {
          if (!parts[i + 3].equals(NOTHING)) {
            cells
                .computeIfAbsent(columns.get(i), column -> new LinkedHashMap<>())
                .put(new Row(table, parts[1], parts[2]), parts[i + 3]);
          }
        }
      }
    }
    return cells;
  }
}
