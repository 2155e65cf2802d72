package dev.keyhold.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Prints the ratios of JMH's results, and writes the page and the chart of them. Arguments: the
 * folder of the pages, the command that was run, a file with the output of {@code openssl speed},
 * the JSON files of the runs.
 */
public final class Report {
  /** The name that the others are compared with: a user of an envelope would choose it instead. */
  private static final String BASE = "tinkKmsEnvelope";

  /** One bar of the chart. */
  private record Score(
      String name, double perSecond, double error, double bytesAllocated, boolean isBase) {}

  private final StringBuilder page = new StringBuilder();

  /** The scores by the title of a table: direction, size, threads, JDK, engines. */
  private final Map<String, List<Score>> tables = new LinkedHashMap<>();

  private Report() {}

  /** Writes {@code PERFORMANCE.md} and {@code performance.svg}. */
  public static void main(String[] arguments) throws IOException {
    Report report = new Report();
    for (int i = 3; i < arguments.length; i++) {
      report.read(Path.of(arguments[i]));
    }
    Path folder = Path.of(arguments[0]);
    report.write(arguments[1], Files.readString(Path.of(arguments[2])));
    Files.writeString(folder.resolve("PERFORMANCE.md"), report.page);
    Files.writeString(folder.resolve("performance.svg"), Chart.of(report.ratios()));
    System.out.println(report.page);
  }

  private void read(Path results) throws IOException {
    JsonArray all = JsonParser.parseString(Files.readString(results)).getAsJsonArray();
    for (JsonElement element : all) {
      JsonObject result = element.getAsJsonObject();
      String[] name = result.get("benchmark").getAsString().split("\\.", -1);
      JsonObject metric = result.getAsJsonObject("primaryMetric");
      JsonObject parameters = result.getAsJsonObject("params");
      int threads = result.get("threads").getAsInt();
      String table =
          "%s, %s, %s, JDK %s%s"
              .formatted(
                  name[name.length - 2].replace("Benchmark", ""),
                  size(parameters.get("size").getAsLong()),
                  threads == 1 ? "1 thread" : threads + " threads",
                  result.get("jdkVersion").getAsString(),
                  parameters.get("engine").getAsString().equals("jdk")
                      ? ""
                      : ", Corretto's engines");
      String method = name[name.length - 1];
      tables
          .computeIfAbsent(table, title -> new ArrayList<>())
          .add(
              new Score(
                  method,
                  metric.get("score").getAsDouble(),
                  number(metric.get("scoreError")),
                  allocated(result.getAsJsonObject("secondaryMetrics")),
                  method.equals(BASE)));
    }
  }

  private static double number(JsonElement value) {
    try {
      return value.getAsDouble();
    } catch (NumberFormatException e) {
      return Double.NaN; // one iteration has no error
    }
  }

  private static double allocated(JsonObject metrics) {
    for (Map.Entry<String, JsonElement> metric : metrics.entrySet()) {
      if (metric.getKey().endsWith("gc.alloc.rate.norm")) {
        return metric.getValue().getAsJsonObject().get("score").getAsDouble();
      }
    }
    return Double.NaN;
  }

  private static String size(long bytes) {
    return bytes >= 1 << 20
        ? (bytes >> 20) + " MiB"
        : bytes >= 1 << 10 ? (bytes >> 10) + " KiB" : bytes + " B";
  }

  private static double base(List<Score> scores) {
    return scores.stream()
        .filter(Score::isBase)
        .mapToDouble(Score::perSecond)
        .findFirst()
        .orElse(0);
  }

  /** Returns, for each table, each name's ratio to the base. */
  private Map<String, Map<String, Double>> ratios() {
    Map<String, Map<String, Double>> ratios = new LinkedHashMap<>();
    tables.forEach(
        (title, scores) -> {
          Map<String, Double> bars = new LinkedHashMap<>();
          if (base(scores) > 0) {
            scores.forEach(score -> bars.put(score.name(), score.perSecond() / base(scores)));
            ratios.put(title, bars);
          }
        });
    return ratios;
  }

  private void write(String command, String openssl) {
    line("# Performance");
    line("");
    line("Written by `%s` on %s. Running it again replaces this page.", command, today());
    line("");
    line("Machine: %s.", machine());
    line("");
    line("Only ratios within one table count: another load of the machine gives other rates. Each");
    line("object has keys of its own, and the KEK is in memory: Keyhold's software backend,");
    line(
        "Tink's `KmsEnvelopeAead`, the AWS Encryption SDK with a raw AES key, committing. The bare");
    line("ciphers have no envelope. Epoch: `data-keys = epoch`. Reused: one `Cipher` for many");
    line("objects; without it `Cipher.getInstance` is called for each object.");
    line("");
    line("![ratio to Tink](performance.svg)");
    tables.forEach(this::table);
    line("");
    line("## openssl speed");
    line("");
    line("AES-256-GCM without envelope, of one process, kB/s:");
    line("");
    line("```text");
    line("%s", openssl.strip());
    line("```");
  }

  private void table(String title, List<Score> scores) {
    line("");
    line("## %s", title);
    line("");
    line("| | objects/s | error | ratio to Tink | bytes allocated per object |");
    line("|---|---|---|---|---|");
    for (Score score : scores) {
      line(
          "| %s | %.0f | %s | %.2f | %s |",
          score.name(),
          score.perSecond(),
          whole(score.error()),
          score.perSecond() / base(scores),
          whole(score.bytesAllocated()));
    }
  }

  private void line(String format, Object... values) {
    page.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  private static String whole(double value) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.0f", value);
  }

  private static LocalDate today() {
    return LocalDate.now(ZoneOffset.UTC);
  }

  private static String machine() {
    String cpu = "";
    try {
      cpu =
          Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
              .filter(line -> line.startsWith("model name"))
              .map(line -> line.substring(line.indexOf(':') + 1).strip())
              .findFirst()
              .map(name -> ", " + name)
              .orElse("");
    } catch (IOException e) {
      cpu = ""; // not Linux
    }
    return String.format(
        Locale.ROOT,
        "%d processors as the JVM sees them%s, %s %s",
        Runtime.getRuntime().availableProcessors(),
        cpu,
        System.getProperty("os.name"),
        System.getProperty("os.arch"));
  }
}
